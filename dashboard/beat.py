"""Beat: Celery's own scheduler, which goes on when the clock is set back instead of waiting for it to catch up."""

from typing import Any

from celery.beat import ScheduleEntry
from celery.beat import Scheduler as CeleryScheduler


class Scheduler(CeleryScheduler):
    """What seems to have run in the future counts as run just now."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        ahead = [entry for entry in self.schedule.values() if _runs_ahead(entry)]
        if ahead:
            for entry in ahead:
                entry.last_run_at = entry.default_now()
            self._heap = None  # its order is that of the moments before
        return super().tick(*args, **kwargs)


def _runs_ahead(entry: ScheduleEntry) -> bool:
    return entry.last_run_at is not None and entry.last_run_at > entry.default_now()
