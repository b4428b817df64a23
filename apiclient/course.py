"""The requests of one slot, one after another: a generator that is sent each exchange and returns how it arrived. Pure.

Most calls are one request and need none of this. A chain of steps is a course, and so is a login that needs requests
of its own: such a course goes through the one it wraps by ``yield from``.
"""

import logging
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from apiclient.catalogue import Failure, Verdict
from apiclient.http import Exchange, Phases, Request

log = logging.getLogger(__name__)

CLEAN_UP_S = 5.0
"""What requests that clean up have beyond the deadline of their slot."""
LEAST_CLEAN_UP_S = 1.0
"""So much of it is left where the slot had to wait at its service's door: the lease ends no later for that."""
MOST_REQUESTS = 100
"""Of one slot, whatever its course yields."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a chain, as it ended. ``message`` says in a sentence what was wrong, '' when nothing was.

    ``start_us`` is when it began, counted from the beginning of the first. ``results`` holds (sentence, holds) of
    each check. Texts may hold secrets: they are masked when they are kept.
    """

    name: str
    request: Request = field(repr=False)
    exchange: Exchange | None
    verdict: Verdict | None
    message: str = ""
    start_us: int = 0
    always: bool = False
    results: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """How a slot ended: the exchange that is its outcome, the request it answers, and each step of a chain.

    ``verdict`` is given where the course has judged by itself; None leaves it to what the call expects.
    Secrets that came to light on the way are among those of ``request``.
    """

    exchange: Exchange
    request: Request = field(repr=False)
    steps: tuple[Step, ...] = ()
    verdict: Verdict | None = None


Course = Generator[Request, Exchange, Arrived]
Courses = Callable[[], Course]
"""What makes a course for each slot."""


def once(request: Request) -> Course:
    """The course of a plain call: its one request."""
    exchange = yield request
    return Arrived(exchange, request)


def through(course: Course, change: Callable[[Request], Request]) -> Course:
    """The same course, each of its requests changed before it is sent: a token added, a signature."""
    sent: list[tuple[Request, Request]] = []
    try:
        request = next(course)
        while True:
            sent.append((request, change(request)))
            request = course.send((yield sent[-1][1]))
    except StopIteration as end:
        arrived: Arrived = end.value
        really = next((changed for planned, changed in sent if planned is arrived.request), arrived.request)
        return replace(arrived, request=really)


class Voyage:
    """Drives a course for one slot: each request gets what is left of ``request``'s time limit.

    ``arrived`` is how it ended, once there is nothing more to send. An error of the course is an INTERNAL failure of
    this slot and of no other. ``starts`` is the moment (time.monotonic()) of the first request, unless it has to wait.
    """

    def __init__(self, course: Courses, request: Request, starts: float) -> None:
        self._make, self._course = course, once(request)
        self._sent = request
        self._limit_s = request.limits.timeout_ms / 1000
        self._starts = max(starts, time.monotonic())
        self._began = 0.0
        self._requests = 0
        self.arrived = Arrived(Exchange(failure=Failure.INTERNAL, error="It has not ended."), request)

    def begin(self) -> Request | None:
        """The first request; None when there is none, ``arrived`` says why."""
        return self._next(None)

    def go_on(self, exchange: Exchange) -> Request | None:
        """What to send after this answer; None when it has arrived. Quick, and raises nothing."""
        self._began = self._began or exchange.started
        if exchange.missed_because:  # nothing was sent, so nothing is to be cleaned up
            self._end(Arrived(exchange, self._sent))
            return None
        return self._next(exchange)

    def _next(self, exchange: Exchange | None) -> Request | None:
        try:
            if exchange is None:
                self._course = self._make()
            while True:
                request = next(self._course) if exchange is None else self._course.send(exchange)
                if self._requests >= MOST_REQUESTS:
                    raise RuntimeError(f"more than {MOST_REQUESTS} requests")
                self._requests, self._sent = self._requests + 1, request
                if (left_ms := self._left_ms(request)) > 0:
                    return _within(request, left_ms)
                exchange = Exchange(failure=Failure.TIMEOUT, error="Its time was over before it could be sent.")
        except StopIteration as end:
            self._end(end.value or self.arrived)
        except Exception as error:  # only this slot suffers
            # An error's own words may hold what was filled in.
            log.error(
                "a course failed: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            )
            told = f"Its requests could not be made: {type(error).__name__}."
            self._end(Arrived(Exchange(failure=Failure.INTERNAL, error=told), self._sent))
        return None

    def _left_ms(self, request: Request) -> int:
        if not self._began:
            return int(self._limit_s * 1000)
        until = self._began
        if request.clean_up:
            until = max(self._starts + CLEAN_UP_S, self._began + LEAST_CLEAN_UP_S)
        return int((until + self._limit_s - time.monotonic()) * 1000)

    def _end(self, arrived: Arrived) -> None:
        with suppress(Exception):  # one that would go on has nobody to go on for
            self._course.close()
        if self._began and arrived.exchange.started != self._began:
            arrived = replace(arrived, exchange=replace(arrived.exchange, started=self._began))
        self.arrived = arrived


def sum_of(phases: list[Phases]) -> Phases:
    """The time of several requests, phase by phase."""
    return Phases(*map(sum, zip(*phases, strict=True))) if phases else Phases()


def _within(request: Request, left_ms: int) -> Request:
    limits = request.limits
    if limits.timeout_ms <= left_ms:
        return request
    limits = replace(limits, timeout_ms=left_ms, connect_timeout_ms=min(limits.connect_timeout_ms, left_ms))
    return replace(request, limits=limits)
