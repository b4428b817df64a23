"""What several threads ask for at the same time is done at once by one of them: one transaction instead of many."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class _Place(Generic[T, R]):
    """One thing in line. ``done`` holds its result; ``alone`` says that it must be tried by itself."""

    thing: T
    done: list[R]
    alone: bool = False


class Together(Generic[T, R]):
    """``work`` takes many things and gives a result for each, in order.

    Who comes while work is under way waits in line; the first of the line then does it for all of them. Nobody waits
    without need: who comes alone is served at once. Where work fails each thing is tried by itself, so that nobody
    suffers from what another brought.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._line: deque[_Place[T, R]] = deque()
        self._working = Lock()

    def do(self, thing: T) -> R:
        """The result of one thing."""
        place: _Place[T, R] = _Place(thing, [])
        self._line.append(place)
        with self._working:
            if not place.done and not place.alone:
                self._serve()
        return place.done[0] if place.done else self._work([thing])[0]

    def _serve(self) -> None:
        line = [self._line.popleft() for _ in range(len(self._line))]
        try:
            for place, result in zip(line, self._work([place.thing for place in line]), strict=True):
                place.done.append(result)
        except Exception:
            if len(line) == 1:
                raise
            for place in line:
                place.alone = True
