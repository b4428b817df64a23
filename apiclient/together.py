"""What several threads ask for at the same time is done at once by one of them: one transaction instead of many."""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
LOOKS, LOOK_S = 5, 0.001
"""Who has just been served comes back within that: waiting for them saves them a turn of their own."""


class _Place(Generic[T, R]):
    """One thing in line: its thread sleeps until it has a ``result``, or ``leads``, or neither.

    With neither the thing must be tried by itself, since what it was worked on with has failed.
    """

    def __init__(self, thing: T) -> None:
        self.thing = thing
        self.result: list[R] = []
        self.leads = False
        self._gate = Lock()
        self._gate.acquire()

    def sleep(self) -> None:
        self._gate.acquire()

    def wake(self) -> None:
        self._gate.release()


class Together(Generic[T, R]):
    """``work`` takes many things and gives a result for each, in order.

    While work is under way, who comes waits in line; all of the line is then done as one. Who comes alone is served at
    once. Where work fails each thing is tried by itself, so that nobody suffers from what another brought.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._line: list[_Place[T, R]] = []
        self._mutex = Lock()
        self._working = False
        self._many = 0

    def do(self, thing: T) -> R:
        """The result of one thing."""
        place: _Place[T, R] = _Place(thing)
        with self._mutex:
            self._line.append(place)
            place.leads = not self._working
            self._working = True
        if not place.leads:
            place.sleep()
        if place.leads:
            self._serve(place)
        return place.result[0] if place.result else self._work([thing])[0]

    def _serve(self, leader: _Place[T, R]) -> None:
        group = self._gather()
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

    def _gather(self) -> list[_Place[T, R]]:
        for _ in range(LOOKS):
            if len(self._line) >= self._many:
                break
            time.sleep(LOOK_S)
        with self._mutex:
            group, self._line = self._line, []
            self._many = len(group)
        return group

    def _hand_on(self) -> None:
        """The first of those who wait now works for them."""
        with self._mutex:
            self._many += len(self._line)  # who was served, and who waits: as many may come this time
            self._working = bool(self._line)
            heir = self._line[0] if self._line else None
        if heir:
            heir.leads = True
            heir.wake()
