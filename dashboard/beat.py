"""Beat: Celery's own scheduler, which goes on when the clock is set back instead of waiting for it to catch up."""

from datetime import datetime
from typing import Any

from celery.beat import ScheduleEntry
from celery.beat import Scheduler as CeleryScheduler


class Scheduler(CeleryScheduler):
    """What seems to have run in the future counts as run just now."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        entries = list(self.schedule.values())
        now = entries[0].default_now()  # once: to tell the time takes Celery longer than all else of a tick
        ahead = [entry for entry in entries if _runs_ahead(entry, now)]
        if ahead:
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # its order is that of the moments before
        return super().tick(*args, **kwargs)


def _runs_ahead(entry: ScheduleEntry, now: datetime) -> bool:
    return entry.last_run_at is not None and entry.last_run_at > now
