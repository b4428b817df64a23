"""Counts of all history, cheap to ask again and again: closed hours and settled minutes are added up once a process.

A total never falls while the process lives, whatever is deleted meanwhile: readers of counters take a fall for a
restart. What comes late for a settled minute is counted when its hour closes; what comes for a closed hour, when all
are added up again, which is once an hour where any has changed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from apiclient import report
from apiclient.histogram import Histogram, decode
from apiclient.rollup.closed import closed
from apiclient.selection import Selection
from apiclient.slot import from_ms

MINUTE = 60
SETTLED_S = 180
"""A slot's outcome is there by then: it may start 30 s late and last 120 s."""
AGAIN_S = 3_600
"""Closed hours are added up again after so long, where one of them has changed meanwhile."""

Key = TypeVar("Key")


@dataclass(slots=True)
class Total:
    """How many, and where it was asked for how long they took."""

    count: int = 0
    histogram: Histogram = field(default_factory=dict)

    def add(self, count: int, histogram: Histogram) -> None:
        """In place: there are tens of thousands of cells in a history."""
        self.count += count
        for number, times in histogram.items():
            self.histogram[number] = self.histogram.get(number, 0) + times


class Totals(Generic[Key]):
    """All outcomes, per ``subject`` (call or service), added up by ``key``."""

    def __init__(self, subject: str, key: Callable[[report.Cell], Key], *, histograms: bool = False) -> None:
        self._subject, self._key, self._histograms = subject, key, histograms
        self._lock = Lock()
        self._closed: dict[Key, Total] = {}
        self._closed_until_s = 0
        self._version, self._begun = 0, 0.0
        self._settled: dict[Key, Total] = {}
        self._settled_until_s = 0
        self._told: dict[Key, Total] = {}

    def read(self, now_s: int) -> dict[Key, Total]:
        """The totals as of now (seconds since 2020). Threads wait for each other."""
        with self._lock:
            self._close()
            now = _sum(self._closed, self._settled, self._tail(now_s))
            kept = {key for key, cell in self._told.items() if key not in now or now[key].count < cell.count}
            self._told = now | {key: self._told[key] for key in kept}
            return self._told

    def _close(self) -> None:
        now, monotonic = closed(), time.monotonic()
        until_s = now.until_s
        if not self._begun or (now.version != self._version and monotonic - self._begun >= AGAIN_S):
            self._closed, self._closed_until_s = {}, 0
            self._version, self._begun = now.version, monotonic
        if until_s > self._closed_until_s:
            for cell in self._cells(self._closed_until_s, until_s, None):
                self._add(self._closed, cell)
            self._closed_until_s = self._settled_until_s = until_s
            self._settled = {}

    def _tail(self, now_s: int) -> dict[Key, Total]:
        """What came since; the minutes of it that are settled are kept for the next time."""
        tail: dict[Key, Total] = {}
        settled_until_s = max(self._settled_until_s, (now_s - SETTLED_S) // MINUTE * MINUTE)
        for cell in self._cells(self._settled_until_s, (now_s // MINUTE + 1) * MINUTE, MINUTE):
            self._add(self._settled if cell.step * MINUTE < settled_until_s else tail, cell)
        self._settled_until_s = settled_until_s
        return tail

    def _cells(self, since_s: int, until_s: int, step_s: int | None) -> list[report.Cell]:
        span = Selection(from_ms(since_s * 1000), from_ms(until_s * 1000))
        # All before any is added: an error halfway would have half of them added twice.
        return list(report.cells(span, step_s, subject=self._subject, histograms=self._histograms))

    def _add(self, sums: dict[Key, Total], cell: report.Cell) -> None:
        sums.setdefault(self._key(cell), Total()).add(cell.number, decode(cell.histogram))


def _sum(*parts: dict[Key, Total]) -> dict[Key, Total]:
    whole: dict[Key, Total] = {}
    for part in parts:
        for key, cell in part.items():
            whole.setdefault(key, Total()).add(cell.count, cell.histogram)
    return whole
