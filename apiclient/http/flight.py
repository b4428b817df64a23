"""One submitted request on its way: what is left to ask, and what its hops so far have cost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import add

from apiclient.catalogue.failure import Failure
from apiclient.http.door import Door
from apiclient.http.exchange import NO_TIME, Exchange, Hop, Phases, Request
from apiclient.http.redirect import location_of

Done = Callable[[Exchange], None]
Then = Callable[[Exchange], Request | None]


@dataclass(slots=True)
class Flight:
    """``request`` is the hop being asked; ``started`` is time.monotonic() when the first one began.

    ``door`` is where it may have to wait before that. ``then`` says what follows in the same place at that door.
    """

    request: Request
    done: Done
    started: float = 0.0
    hops: tuple[Hop, ...] = ()
    phases: Phases = NO_TIME
    interim: tuple[int, ...] = ()
    door: Door | None = None
    in_line: bool = False
    is_inside: bool = False
    then: Then | None = None

    def turn(self, answer: Exchange, target: Request) -> None:
        """Note the redirect that was answered, and ask where it points."""
        self.hops += (Hop(answer.url, answer.status_code or 0, location_of(answer.headers)),)
        self.phases = _sum(self.phases, answer.phases)
        self.interim += answer.interim
        self.request = target

    def following(self, exchange: Exchange) -> bool:
        """Whether another request follows the one that has ended: this flight is for that one now."""
        request = self.then(exchange) if self.then else None
        if request is None:
            return False
        self.request, self.started = request, time.monotonic()
        self.hops, self.phases, self.interim = (), NO_TIME, ()
        return True

    def failed(self, failure: Failure, error: str) -> Exchange:
        """How it ends when nothing comes back."""
        return Exchange(failure=failure, url=self.request.url, error=error, started=self.started)

    def spend_on_dns(self, microseconds: int) -> None:
        """Count the time in which the name of the next hop was looked up."""
        self.phases = _sum(self.phases, Phases(dns=microseconds, total=microseconds))

    def whole(self, last: Exchange) -> Exchange:
        """The exchange over all lookups and hops, given how the last one ended."""
        if not self.phases.total and not self.hops:
            return last
        return replace(
            last,
            phases=_sum(self.phases, last.phases),
            interim=self.interim + last.interim,
            redirects=self.hops,
        )


def _sum(one: Phases, other: Phases) -> Phases:
    return Phases(*map(add, one, other))
