"""What several threads ask for at the same time is done at once by one of them: one transaction instead of many."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Place(Generic[T, R]):
    """One thing in line: its thread sleeps until it has a ``result``, or a ``group`` to work on, or neither.

    With neither the thing must be tried by itself, since what it was worked on with has failed.
    """

    def __init__(self, thing: T) -> None:
        self.thing = thing
        self.result: list[R] = []
        self.group: list[_Place[T, R]] = []
        self._gate = Lock()
        self._gate.acquire()

    def sleep(self) -> None:
        self._gate.acquire()

    def wake(self) -> None:
        self._gate.release()


class Together(Generic[T, R]):
    """``work`` takes many things and gives a result for each, in order.

    While work is under way, ``at_once`` times at most, who comes waits in line; all of the line is then done as one.
    Who comes alone is served at once. Where work fails each thing is tried by itself, so that nobody suffers from what
    another brought.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], at_once: int = 1) -> None:
        self._work, self._free = work, at_once
        self._line: list[_Place[T, R]] = []
        self._mutex = Lock()

    def do(self, thing: T) -> R:
        """The result of one thing."""
        place: _Place[T, R] = _Place(thing)
        with self._mutex:
            self._line.append(place)
            place.group = self._take()
        if not place.group:
            place.sleep()
        if place.group:
            self._serve(place)
        return place.result[0] if place.result else self._work([thing])[0]

    def _take(self) -> list[_Place[T, R]]:
        """All who wait, if one more may work; with the mutex held."""
        if not (self._free and self._line):
            return []
        self._free -= 1
        line, self._line = self._line, []
        return line

    def _serve(self, leader: _Place[T, R]) -> None:
        group = leader.group
        try:
            results = self._work([place.thing for place in group])
            for place, result in zip(group, results, strict=True):
                place.result.append(result)
        except Exception:
            if len(group) == 1:
                raise
        finally:
            self._hand_on()
            for place in group:
                if place is not leader:
                    place.wake()

    def _hand_on(self) -> None:
        """The first of those who wait now works for them."""
        with self._mutex:
            self._free += 1
            line = self._take()
        if line:
            line[0].group = line
            line[0].wake()
