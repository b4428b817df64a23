"""One exchange for all who need the same at the same time: a token, a login. The first one asks, the others wait."""

import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from apiclient.catalogue.failure import Failure

if TYPE_CHECKING:
    from apiclient.http.exchange import Exchange
    from apiclient.http.flight import Flight

OWN = frozenset({Failure.TIMEOUT, Failure.CONNECT_TIMEOUT})
"""What ended by the time limit of who asked, and tells the others nothing."""


class Shared:
    """``answer`` is what it brought, for whoever comes later."""

    __slots__ = ("answer",)

    def __init__(self) -> None:
        self.answer: Exchange | None = None


@dataclass(slots=True)
class Group:
    """Who asks, and who waits for what comes of it."""

    leader: "Flight"
    followers: deque["Flight"] = field(default_factory=deque)


class Sharing:
    """Of one engine, in its thread. ``finish`` ends a flight, ``ask`` sends it on its way."""

    def __init__(self, finish: "Callable[[Flight, Exchange], None]", ask: "Callable[[Flight], None]") -> None:
        self._finish, self._ask = finish, ask
        self._groups: dict[Shared, Group] = {}
        self._deadlines: list[tuple[float, int, Flight]] = []
        self._order = itertools.count()

    def leads(self, flight: "Flight", shared: Shared) -> bool:
        """Whether this flight is to ask. If not it is finished with the answer, at once or when that has come."""
        group = self._groups.get(shared)
        if group is not None and group.leader is flight:
            return True
        if shared.answer is not None:
            self._finish(flight, _for(flight, shared.answer))
            return False
        if group is None:
            self._groups[shared] = Group(flight)
            return True
        group.followers.append(flight)
        heapq.heappush(self._deadlines, (_deadline(flight), next(self._order), flight))
        return False

    def tell(self, flight: "Flight", exchange: "Exchange") -> None:
        """It has ended. If its own time was over, the next one asks instead."""
        shared = flight.request.shared
        group = self._groups.get(shared) if shared else None
        if shared is None or group is None or group.leader is not flight:
            return
        if exchange.failure in OWN:
            self._hand_over(shared, group)
            return
        del self._groups[shared]
        shared.answer = exchange
        for follower in group.followers:
            self._finish(follower, _for(follower, exchange))

    def next_deadline(self) -> float | None:
        """When somebody has waited for long enough, by time.monotonic()."""
        return self._deadlines[0][0] if self._deadlines else None

    def give_up(self, now: float) -> None:
        """End those whose time is over."""
        while self._deadlines and self._deadlines[0][0] <= now:
            flight = heapq.heappop(self._deadlines)[2]
            shared = flight.request.shared
            group = self._groups.get(shared) if shared else None
            place = next((n for n, one in enumerate(group.followers) if one is flight), None) if group else None
            if group is not None and place is not None:
                del group.followers[place]
                self._finish(flight, _too_late(flight))

    def _hand_over(self, shared: Shared, group: Group) -> None:
        now = time.monotonic()
        while group.followers:
            follower = group.followers.popleft()
            if _deadline(follower) > now:
                group.leader = follower
                self._ask(follower)
                return
            self._finish(follower, _too_late(follower))
        self._groups.pop(shared, None)


def _deadline(flight: "Flight") -> float:
    return flight.started + flight.request.limits.timeout_ms / 1000


def _too_late(flight: "Flight") -> "Exchange":
    return flight.failed(Failure.TIMEOUT, "Timed out while it waited for the request that another one had sent")


def _for(flight: "Flight", answer: "Exchange") -> "Exchange":
    """The answer as this flight got it: since it began to wait."""
    waited = int((time.monotonic() - flight.started) * 1_000_000)
    phases = answer.phases._replace(dns=0, connect=0, tls=0, wait=waited, transfer=0, total=waited)
    return replace(answer, phases=phases, started=flight.started)
