"""Counts of what is over, remembered by each process: read once, they are only read again after one has changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from threading import Lock
from typing import Any

MOST_ROWS = 150_000
"""Some 40 MB of a process; a page over thirty days asks for one to ten thousand."""
MOST_AT_ONCE = 20_000

Rows = Sequence[tuple[Any, ...]]


class Recall:
    """Answers by question, the ones asked last. All are of one ``version`` of what is counted."""

    def __init__(self, most_rows: int = MOST_ROWS, most_at_once: int = MOST_AT_ONCE) -> None:
        self._most_rows, self._most_at_once = most_rows, most_at_once
        self._answers: OrderedDict[Hashable, Rows] = OrderedDict()
        self._rows = 0
        self._version: int | None = None
        self._lock = Lock()

    def ask(self, version: int, question: Hashable, read: Callable[[], Iterable[tuple[Any, ...]]]) -> Rows:
        """What ``read`` answered before, or answers now. ``version`` was looked up before: what is read is no older."""
        with self._lock:
            self._turn_to(version)
            if (known := self._answers.get(question)) is not None:
                self._answers.move_to_end(question)
                return known
        rows = tuple(read())
        with self._lock:
            if version == self._version and len(rows) <= self._most_at_once:
                self._keep(question, rows)
        return rows

    def forget(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._turn_to(None)

    def _turn_to(self, version: int | None) -> None:
        if version != self._version:
            self._answers.clear()
            self._rows, self._version = 0, version

    def _keep(self, question: Hashable, rows: Rows) -> None:
        self._rows += len(rows) - len(self._answers.pop(question, ()))
        self._answers[question] = rows
        while self._rows > self._most_rows:
            self._rows -= len(self._answers.popitem(last=False)[1])


recall = Recall()
"""The process's own."""
