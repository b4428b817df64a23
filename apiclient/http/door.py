"""A door per service: so many exchanges inside at once, others wait in line for a bounded time. Pure.

Every step costs the same however many wait, and nobody waits for another service's line.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiclient.http.flight import Flight

PATIENCE_S = 5.0
"""A lease ends 10 s after the deadline of its calls: half of that to wait here, half to record what came of it."""
MOST_IN_LINE = 10_000


class Door:
    """Of one service. ``most`` may be changed by any thread; all else belongs to the engine's."""

    __slots__ = ("inside", "line", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside = 0
        self.line: deque[Flight] = deque()


class Doors:
    """All who wait at the doors of one engine, ``most_in_line`` at the most."""

    def __init__(self) -> None:
        self.most_in_line = MOST_IN_LINE
        self.in_line = 0
        self._line: deque[tuple[float, Flight]] = deque()  # of all doors, in order of arrival and of giving up
        self._turned_away: list[Flight] = []

    def enter(self, flight: "Flight", now: float) -> bool:
        """Whether the flight may begin now. If not it comes back from ``leave`` or from ``give_up``."""
        door = flight.door
        if door is None or flight.is_inside:
            return True
        if door.inside < door.most and not door.line:
            door.inside += 1
            flight.is_inside = True
            return True
        # No line may be longer than what is left for all others.
        if len(door.line) >= self.most_in_line - self.in_line:
            self._turned_away.append(flight)
            return False
        door.line.append(flight)
        self._line.append((now + PATIENCE_S, flight))
        flight.in_line = True
        self.in_line += 1
        return False

    def leave(self, flight: "Flight") -> Iterator["Flight"]:
        """The flight is over: those who may begin in its place."""
        door = flight.door
        if door is None or not flight.is_inside:
            return
        door.inside -= 1
        flight.is_inside = False
        while door.line and door.inside < door.most:
            following = self._next(door)
            door.inside += 1
            following.is_inside = True
            yield following

    def give_up(self, now: float) -> Iterator["Flight"]:
        """Those who waited too long, or found the line too long."""
        turned_away, self._turned_away = self._turned_away, []
        yield from turned_away
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            door = self._line.popleft()[1].door
            if door is not None:
                yield self._next(door)  # the very one: nobody has waited there for longer

    def next_deadline(self) -> float | None:
        """When somebody gives up next (time.monotonic()), None when nobody waits."""
        if self._turned_away:
            return 0.0
        while self._line and not self._line[0][1].in_line:
            self._line.popleft()
        return self._line[0][0] if self._line else None

    def _next(self, door: Door) -> "Flight":
        first = door.line.popleft()
        first.in_line = False
        self.in_line -= 1
        return first
