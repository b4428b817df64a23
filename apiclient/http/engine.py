"""The loop that carries every exchange of a process: one libcurl multi handle in a thread of its own."""

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pycurl

from apiclient.catalogue.failure import Failure
from apiclient.catalogue.missed import MissedBecause
from apiclient.http.descriptors import carried
from apiclient.http.door import Door, Doors
from apiclient.http.exchange import Exchange, Request
from apiclient.http.flight import Done, Flight, Then
from apiclient.http.guard import Guard
from apiclient.http.handshake import Handshake, refusal_behind
from apiclient.http.redirect import DeadEnd, follow
from apiclient.http.resolver import Found, Resolved, Resolver
from apiclient.http.shared import Sharing
from apiclient.http.sockets import Sockets
from apiclient.http.transfer import Transfer

logger = logging.getLogger(__name__)

IDLE_HANDLES = 512
BEGUN_PER_TURN = 64  # so that a large batch does not keep the running transfers waiting
LONGEST_WAIT = 60.0
STOP_PATIENCE = 1.0

Departure = tuple[float, Request, Done, Door | None, Then | None]
"""When (time.monotonic(), 0.0 for at once), what, who is told how it ended, the door it passes, and what follows it."""


class Engine:
    """Thousands of exchanges at once, each ended by its own deadline.

    Make and start one per process, after any fork. ``submit`` and ``send`` may be called from every thread.
    Starting raises the soft limit of open descriptors to the hard one; requests beyond what it carries wait.
    """

    def __init__(self, guard: Guard, *, user_agent: str = "Answerback") -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._accepted = 0
        self._finished = 0
        self._order = itertools.count()
        self._submitted: deque[tuple[float, int, Flight]] = deque()
        self._waiting: list[tuple[float, int, Flight]] = []
        self._active: dict[pycurl.Curl, Transfer] = {}
        self._idle: list[Transfer] = []
        self._resolver = Resolver(self._wake)
        self._sharing = Sharing(self._finish, self._look_up)
        self.doors = Doors()
        self._stopping = False
        self.capacity = 0

    @property
    def in_flight(self) -> int:
        """Requests submitted and not yet done, those waiting for their moment included."""
        return self._accepted - self._finished

    def start(self) -> None:
        """Begin to carry; RuntimeError when already started."""
        if self._thread:
            raise RuntimeError("this engine was started before; make a new one")
        self.capacity = carried()
        self._sockets = Sockets()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._sockets.watch)
        self._thread = threading.Thread(target=self._run, name="answerback-engine", daemon=True)
        self._thread.start()

    def submit(
        self,
        request: Request,
        done: Done,
        *,
        start_at: float | None = None,
        door: Door | None = None,
        then: Then | None = None,
    ) -> None:
        """Send the request, at time.monotonic() ``start_at`` if given; ``done`` is called once, in the engine's thread.

        With a ``door`` it may have to wait for others to end, and is missed if that takes too long. ``done`` must be
        quick: all other transfers wait for it. RuntimeError when the engine is not running.
        ``then`` is called, in that thread too, with each exchange, and may answer with what to send next in its place;
        ``done`` hears of the last one only.
        """
        self.submit_all([(start_at or 0.0, request, done, door, then)])

    def submit_all(self, departures: Sequence[Departure]) -> None:
        """As ``submit``, for many at the price of one."""
        if not self._thread or self._stopping:
            raise RuntimeError("the engine is not running")
        with self._lock:
            self._accepted += len(departures)
        self._submitted.extend(
            (start_at, next(self._order), Flight(request, done, door=door, then=then))
            for start_at, request, done, door, then in departures
        )
        self._wake()

    def send(self, request: Request, *, then: Then | None = None) -> Exchange:
        """Submit and wait for the last exchange. RuntimeError when the engine is stopped meanwhile."""
        answers: list[Exchange] = []
        arrived = threading.Event()

        def done(exchange: Exchange) -> None:
            answers.append(exchange)
            arrived.set()

        self.submit(request, done, then=then)
        while not arrived.wait(0.5):
            if self._stopping:
                raise RuntimeError("the engine was stopped before the answer came")
        return answers[0]

    def stop(self) -> None:
        """End everything. What is unfinished is dropped and its ``done`` is never called."""
        self._stopping = True
        if self._thread and self._thread is not threading.current_thread():
            self._wake()
            self._thread.join(STOP_PATIENCE)

    def _wake(self) -> None:
        self._sockets.wake()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._turn()
            except Exception:
                logger.exception("the engine's loop stumbled and goes on")
        self._close()

    def _turn(self) -> None:
        for descriptor, happened in self._sockets.ready(self._next_moment()):
            self._multi.socket_action(descriptor, happened)
        if self._multi.timeout() == 0:
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._collect()
        self._resolver.turn()
        self._begin_due()

    def _next_moment(self) -> float:
        """Until when (time.monotonic()) nothing will need doing."""
        now, timer_ms = time.monotonic(), self._multi.timeout()
        moments = [now + LONGEST_WAIT, self._resolver.next_deadline, self.doors.next_deadline()]
        moments.append(self._sharing.next_deadline())
        if timer_ms >= 0:  # asked for once a turn, since libcurl would tell of it twice a call
            moments.append(now + timer_ms / 1000)
        if self._waiting and self._has_room():
            moments.append(self._waiting[0][0])
        return min(moment for moment in moments if moment is not None)

    def _has_room(self) -> bool:
        return len(self._active) + self._resolver.waiting < self.capacity

    def _begin_due(self) -> None:
        while self._submitted:
            heapq.heappush(self._waiting, self._submitted.popleft())
        now = time.monotonic()
        self._sharing.give_up(now)
        for flight in self.doors.give_up(now):
            self._finish(flight, Exchange(failure=Failure.MISSED, missed_because=MissedBecause.SERVICE_LIMIT))
        for _ in range(BEGUN_PER_TURN):
            if not self._waiting or self._waiting[0][0] > now or not self._has_room():
                return
            flight = heapq.heappop(self._waiting)[2]
            if flight.door is not None and not self.doors.enter(flight, now):
                continue
            flight.started = time.monotonic()
            self._look_up(flight)

    def _look_up(self, flight: Flight) -> None:
        """Begin the flight's next hop, once its name has addresses."""
        if flight.request.shared and not self._sharing.leads(flight, flight.request.shared):
            return
        try:
            wire = flight.request.wire
        except ValueError as error:
            self._finish(flight, flight.failed(Failure.INTERNAL, f"The request cannot be sent: {error}"))
            return
        if wire.is_address or not wire.host:
            # A zone is libcurl's to read, under the eyes of the guard.
            self._aim(flight, () if "%" in wire.host or not wire.host else (wire.host,))
            return
        self._ask_for(wire.host, flight, partial(self._aim, flight))

    def _ask_for(self, host: str, flight: Flight, found: Found) -> None:
        began, limits = time.monotonic(), flight.request.limits
        until = min(began + limits.connect_timeout_ms / 1000, flight.started + limits.timeout_ms / 1000)
        self._resolver.ask(host, until, partial(self._looked_up, flight, began, found))

    def _looked_up(self, flight: Flight, began: float, found: Found, resolved: Resolved) -> None:
        flight.spend_on_dns(int((time.monotonic() - began) * 1_000_000))
        if resolved.addresses:
            found(resolved.addresses)
        else:
            self._finish(flight, flight.failed(Failure.DNS, resolved.error))

    def _aim(self, flight: Flight, addresses: tuple[str, ...]) -> None:
        """Go there, or to the proxy."""
        proxy = flight.request.proxy
        if proxy is None:
            self._begin(flight, addresses)
        elif refusal := refusal_behind(self._guard, addresses):
            self._finish(flight, flight.failed(Failure.BLOCKED, refusal))
        elif proxy.is_address:
            self._begin(flight, (proxy.host,), addresses)
        else:
            self._ask_for(proxy.host, flight, partial(self._begin, flight, behind=addresses))

    def _transfer(self, request: Request, behind: tuple[str, ...]) -> Transfer:
        if request.credential is None and request.proxy is None:
            return self._idle.pop() if self._idle else Transfer(self._guard, self._user_agent)
        return Handshake(self._guard, self._user_agent, behind)

    def _begin(self, flight: Flight, addresses: tuple[str, ...], behind: tuple[str, ...] = ()) -> None:
        """``addresses`` are the target's, or the proxy's with the target's ``behind`` it."""
        request = flight.request
        remaining = request.limits.timeout_ms - int((time.monotonic() - flight.started) * 1000)
        if remaining <= 0:
            self._finish(flight, flight.failed(Failure.TIMEOUT, "Timed out before it could be sent"))
            return
        transfer = self._transfer(request, behind)
        try:
            transfer.load(request, remaining, addresses)
            transfer.flight = flight
            self._multi.add_handle(transfer.curl)
        except (pycurl.error, ValueError, TypeError) as error:
            transfer.curl.close()
            self._finish(flight, flight.failed(Failure.INTERNAL, f"The request cannot be sent: {error}"))
            return
        self._active[transfer.curl] = transfer

    def _collect(self) -> None:
        """Take what libcurl has finished off the multi handle."""
        queued = 1
        while queued:
            queued, good, bad = self._multi.info_read()
            for curl in good:
                self._land(curl, 0, "")
            for curl, error, text in bad:
                self._land(curl, error, text)

    def _land(self, curl: pycurl.Curl, error: int, text: str) -> None:
        transfer = self._active.pop(curl)
        flight: Flight = transfer.flight
        exchange = transfer.exchange(flight.started, error, text)
        self._multi.remove_handle(curl)
        self._recycle(transfer)
        if flight.request.follow_redirects and exchange.status_code:
            target = follow(flight.request, exchange.status_code, exchange.headers, len(flight.hops))
            if isinstance(target, Request):
                flight.turn(exchange, target)
                self._look_up(flight)
                return
            if isinstance(target, DeadEnd):
                exchange = replace(exchange, status_code=None, failure=target.failure, error=target.reason)
        self._finish(flight, exchange)

    def _finish(self, flight: Flight, exchange: Exchange) -> None:
        exchange = flight.whole(exchange)
        if flight.request.shared:
            self._sharing.tell(flight, exchange)
        if flight.following(exchange):
            self._look_up(flight)
            return
        self._finished += 1
        if flight.door is not None:
            for following in self.doors.leave(flight):
                heapq.heappush(self._waiting, (0.0, next(self._order), following))
        try:
            flight.done(exchange)
        except Exception:
            logger.exception("what was to be done with an exchange failed")

    def _recycle(self, transfer: Transfer) -> None:
        if len(self._idle) < IDLE_HANDLES and not isinstance(transfer, Handshake):
            transfer.unload()
            self._idle.append(transfer)
        else:
            transfer.curl.close()

    def _close(self) -> None:
        for transfer in self._active.values():
            self._multi.remove_handle(transfer.curl)
        for transfer in (*self._active.values(), *self._idle):
            transfer.curl.close()
        self._sockets.close()
        self._multi.close()
