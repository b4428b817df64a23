"""When a call is due: every so many seconds, or by a cron expression in a time zone. Pure.

Scheduled slots fall on even milliseconds, so that a run on demand, which takes an odd one, never meets them.
A call that runs in several locations has moments of its own in each: the same ones, some milliseconds later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from apiclient.slot import from_ms, to_ms

SHORTEST_SECONDS = 1
LONGEST_SECONDS = 30 * 24 * 3600
ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
GOLDEN = 0x9E3779B1  # 2^32 / golden ratio: consecutive ids land far apart, any number of them evenly


@dataclass(frozen=True, slots=True)
class Cadence:
    """Either ``interval_seconds`` or ``cron`` with ``time_zone``; neither means never by itself.

    ``offset_ms`` is even and less than a second; it moves every moment.
    """

    interval_seconds: int | None = None
    cron: str = ""
    time_zone: str = "UTC"
    offset_ms: int = 0

    def __str__(self) -> str:
        """The text that ``read`` takes back: ``60`` or ``*/5 * * * *|Europe/Kyiv``, ``60~4`` with an offset.

        Empty for never.
        """
        text = f"{self.cron}|{self.time_zone}" if self.cron else str(self.interval_seconds or "")
        return f"{text}~{self.offset_ms}" if text and self.offset_ms else text

    @staticmethod
    @lru_cache(maxsize=65536)
    def read(text: str) -> "Cadence":
        """The cadence that ``str`` wrote."""
        text, _, offset = text.partition("~")
        offset_ms = int(offset or 0)
        if "|" in text:
            cron, time_zone = text.split("|")
            return Cadence(None, cron, time_zone, offset_ms)
        return Cadence(int(text) if text else None, offset_ms=offset_ms)

    def phase_ms(self, call_id: int) -> int:
        """Where in its interval this call stands: stable, spread over all calls, even."""
        interval_ms = (self.interval_seconds or 0) * 1000
        own = (call_id * GOLDEN % 2**32) * interval_ms >> 32 & ~1
        return (own + self.offset_ms) % interval_ms if interval_ms else 0

    def slots_after(self, call_id: int, after_ms: int) -> Iterator[int]:
        """Due moments later than ``after_ms``, in order, without end (milliseconds since 2020)."""
        if self.interval_seconds:
            return self._interval_slots(call_id, after_ms)
        return self._cron_slots(after_ms) if self.cron else iter(())

    def next_slot(self, call_id: int, after_ms: int) -> int | None:
        """The first due moment later than ``after_ms``, None where there is none."""
        return next(self.slots_after(call_id, after_ms), None)

    def count_between(self, call_id: int, first_ms: int, end_ms: int) -> int:
        """How many due moments lie from ``first_ms`` (in) to ``end_ms`` (out)."""
        if self.interval_seconds:
            interval_ms, phase = self.interval_seconds * 1000, self.phase_ms(call_id)
            return max(0, (end_ms - 1 - phase) // interval_ms - (first_ms - 1 - phase) // interval_ms)
        return sum(1 for _ in takewhile(lambda ms: ms < end_ms, self.slots_after(call_id, first_ms - 1)))

    def has(self, call_id: int, ms: int) -> bool:
        """Whether this moment is one of the due moments."""
        return self.next_slot(call_id, ms - 1) == ms

    def _interval_slots(self, call_id: int, after_ms: int) -> Iterator[int]:
        interval_ms = (self.interval_seconds or 0) * 1000
        phase = self.phase_ms(call_id)
        due_ms = after_ms - (after_ms - phase) % interval_ms + interval_ms
        while True:
            yield due_ms
            due_ms += interval_ms

    def _cron_slots(self, after_ms: int) -> Iterator[int]:
        start = from_ms(after_ms - self.offset_ms).astimezone(ZoneInfo(self.time_zone))
        last = after_ms
        for moment in CronSim(ALIASES.get(self.cron, self.cron), start):
            due_ms = to_ms(moment.astimezone(UTC)) + self.offset_ms
            if due_ms > last:  # a clock set back may name the same moment again
                yield due_ms
                last = due_ms


def problem_with_interval(seconds: int) -> str | None:
    """None, or a sentence that says which intervals are allowed."""
    if SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        return None
    return f"Use {SHORTEST_SECONDS} to {LONGEST_SECONDS} seconds (30 days); {seconds} is outside."


def problem_with_cron(expression: str) -> str | None:
    """None, or a sentence that says what is wrong with the cron expression."""
    expression = ALIASES.get(expression, expression)
    fields = expression.split()
    if len(fields) != 5:
        return (
            f"A cron expression has five fields (minute, hour, day of month, month, day of week), this one has "
            f"{len(fields)}. Example: */5 * * * *. Allowed short forms: {', '.join(sorted(ALIASES))}."
        )
    try:
        moment = next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)), None)
    except CronSimError as error:
        return f"{error}. A cron expression is five fields, for example */5 * * * *."
    return None if moment else "This cron expression never comes due."


def problem_with_time_zone(name: str) -> str | None:
    """None, or a sentence that says which names are allowed."""
    if name in time_zones():
        return None
    return f"{name!r} is not a time zone. Use a name of the IANA list, such as UTC or Europe/Kyiv."


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Every name of the IANA list."""
    return frozenset(available_timezones())  # walks the file system: 20 ms
