"""Run a batch: send, classify, record. The one screen to read first.

A worker process has one Runner: the engine's thread sends and receives, a recorder's thread stores what came back
a few times a second, however long other requests of the same batch still hang.
"""

import gc
import logging
import time
from collections import defaultdict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from threading import Condition, Lock, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from apiclient import outage, record, schedule
from apiclient.answer import TOO_LATE, Answer, Judge, Shown
from apiclient.auth import Session
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.course import Arrived, Courses, Voyage
from apiclient.http import Departure, Engine, Exchange, Guard, descriptors
from apiclient.models import Call, Outcome
from apiclient.models.due import LOOKAHEAD_MS
from apiclient.opening import BATCH_SLOTS
from apiclient.prepare import Calls, Prepared
from apiclient.record import Finished
from apiclient.schedule import START_GRACE_MS, Lease
from apiclient.slot import call_of, due_ms_of

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.4
FLUSH_SLOTS = 4_000
RETRY_SECONDS = 1.0
COLLECTED_AFTER = (50_000, 20, 100)
"""Tens of thousands of slots and calls live for long, and hardly any of them in a circle: Python's own pace of looking
through them takes a tenth of the time."""

_starting = Lock()
_runner: "Runner | None" = None


def run(batch_id: int) -> int:
    """Take the lease of a waiting batch and send its requests; how many. Does not wait for the answers."""
    runner = this_process()
    if runner.is_full():
        return 0  # the batch waits; the runner comes back for it
    lease = schedule.take(batch_id, now_ms())
    return runner.start(lease) if lease else 0


def run_now(call: Call) -> Outcome:
    """Run a call here and now, and wait for its outcome."""
    batch_id, slot = schedule.claim_now(call, now_ms())
    run(batch_id)
    drain()
    return Outcome.objects.get(pk=slot)


def this_process() -> "Runner":
    """The process's own runner, started on first use, so never before a fork."""
    global _runner
    with _starting:
        if _runner is None:
            gc.set_threshold(*COLLECTED_AFTER)
            _runner = Runner(Guard(settings.ANSWERBACK_ALLOWED_NETWORKS), settings.ANSWERBACK_CONCURRENCY)
        return _runner


def load() -> tuple[int, int]:
    """Open slots and capacity of this process, whether or not it has run anything yet."""
    if _runner is None:
        return 0, min(settings.ANSWERBACK_CONCURRENCY, descriptors.carried())
    return _runner.open_slots, _runner.capacity


def drain() -> None:
    """Wait until every answer this process waits for is stored."""
    if _runner is not None:
        _runner.drain()


class Runner:
    """Sends and records. ``capacity`` bounds the slots that are on the wire or wait to be stored.

    The process's limit of open files bounds them too.
    """

    def __init__(self, guard: Guard, capacity: int) -> None:
        self._engine = Engine(guard, user_agent=settings.ANSWERBACK_USER_AGENT)
        self._engine.start()
        self._calls = Calls()
        self._answers: SimpleQueue[Answer | None] = SimpleQueue()
        # A request that waits for a descriptor could outlive its lease.
        self._capacity = self._engine.doors.most_in_line = min(capacity, self._engine.capacity)
        self._open = 0
        self._turned_away = False
        self._locations: set[int] = set()
        """Those it was given batches of: what its worker listens to."""
        self._changed = Condition()
        self._last_shown: dict[int, Shown] = {}
        """By call."""
        self._judge = Judge(self._answers.put)
        self._recorder = Thread(target=self._record_forever, name="recorder", daemon=True)
        self._recorder.start()

    @property
    def open_slots(self) -> int:
        return self._open

    @property
    def capacity(self) -> int:
        return self._capacity

    def is_full(self) -> bool:
        # Who waits at the door of a service at its limit takes no room from the others.
        full = self._open - self._engine.doors.in_line >= self._capacity
        self._turned_away |= full
        return full

    def start(self, lease: Lease) -> int:
        """Put every slot of the lease on the wire, each at its own moment; how many."""
        self._locations.add(lease.location_id)
        calls = self._calls.ready(map(call_of, lease.slots))
        slots = [slot for slot in lease.slots if call_of(slot) in calls]
        with self._changed:
            self._open += len(slots)
        wall_ms, monotonic = now_ms(), time.monotonic()
        departures: list[Departure] = []
        sessions: dict[Hashable, Session] = {}
        for slot in slots:
            # No slot is claimed earlier than that: a clock set back meanwhile must not hold it for an hour.
            call, late_ms = calls[call_of(slot)], max(wall_ms - due_ms_of(slot), -LOOKAHEAD_MS)
            if late_ms > START_GRACE_MS and lease.nth == 1:
                self._answers.put(Answer(lease, slot, call, TOO_LATE, None))
                continue
            if call.problem:
                exchange = Exchange(failure=Failure.INTERNAL, error=call.problem)
                self._answers.put(Answer(lease, slot, call, exchange, max(0, late_ms)))
                continue
            start_at = monotonic - late_ms / 1000
            if course := call.course if call.login is None else call.join(sessions):
                departures += self._embark(lease, slot, call, course, start_at)
                continue
            finish = partial(self._finish, lease, slot, call, start_at)
            departures.append((start_at, call.request, finish, call.door, None))
        self._engine.submit_all(departures)
        return len(slots)

    def _embark(self, lease: Lease, slot: int, call: Prepared, course: Courses, start_at: float) -> list[Departure]:
        """The first request of a call that has several; none when it ended without one."""
        voyage = Voyage(course, call.request, start_at)
        finish = partial(self._disembark, lease, slot, call, start_at, voyage)
        if (request := voyage.begin()) is not None:
            return [(start_at, request, finish, call.door, voyage.go_on)]
        self._judge.take(Answer(lease, slot, call, voyage.arrived.exchange, 0, voyage.arrived))
        return []

    def drain(self) -> None:
        """Wait until everything taken is stored. Every request ends by its own deadline."""
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0)

    def stop(self) -> None:
        """Store what has come back, and end. What is still on the wire is left to the reaper."""
        self._engine.stop()
        self._judge.stop()
        self._answers.put(None)
        self._recorder.join()

    def _disembark(self, lease: Lease, slot: int, call: Prepared, due: float, voyage: Voyage, _: Exchange) -> None:
        self._finish(lease, slot, call, due, voyage.arrived.exchange, voyage.arrived)

    def _finish(
        self, lease: Lease, slot: int, call: Prepared, due: float, exchange: Exchange, arrived: Arrived | None = None
    ) -> None:
        lag_ms = None if exchange.missed_because else max(0, int((exchange.started - due) * 1000))
        if exchange.missed_because and lease.nth > 1:  # it may have been sent before
            exchange = Exchange(failure=Failure.WORKER_LOST)
        self._judge.take(Answer(lease, slot, call, exchange, lag_ms, arrived))

    def _record_forever(self) -> None:
        while answers := self._collect():
            self._keep(answers)
            with self._changed:
                self._open -= len(answers)
                self._changed.notify_all()
            if self._turned_away and self._open < self._capacity // 2:
                self._take_more()
        connection.close()

    def _take_more(self) -> None:
        """Batches that were turned away: those still waiting, oldest first."""
        self._turned_away = False
        try:
            most = self._capacity // 2 // BATCH_SLOTS + 1
            for batch_id in schedule.waiting(most, self._locations):
                run(batch_id)
        except Exception:  # the reaper announces them again; the recorder must live
            log.warning("waiting batches were not taken", exc_info=True)

    def _collect(self) -> list[Answer]:
        """What arrives within a flush's time, at least one; none when the runner is stopped."""
        answers = [self._answers.get()]
        if answers[0] is not None:
            time.sleep(FLUSH_SECONDS)
        with suppress(Empty):
            while len(answers) < FLUSH_SLOTS and answers[-1] is not None:
                answers.append(self._answers.get_nowait())
        if answers[-1] is None and len(answers) > 1:
            self._answers.put(None)  # for the next turn: what has come is stored first
        return [answer for answer in answers if answer is not None]

    def _keep(self, answers: list[Answer], *, texts: bool = True) -> None:
        """Hold answers until the database takes them or refuses their lease; one it cannot take delays no other."""
        while (refused := self._store(answers, texts=texts)) is None:
            time.sleep(RETRY_SECONDS)
        if not refused:
            return
        if len(answers) > 1:
            middle = len(answers) // 2
            self._keep(answers[:middle])
            self._keep(answers[middle:])
        elif texts:
            self._keep(answers, texts=False)
        else:
            log.error("The outcome of slot %d is left to the reaper", answers[0].slot)

    def _store(self, answers: list[Answer], *, texts: bool) -> bool | None:
        """None when the database is out of reach, else whether it refuses these answers as they are."""
        finished: dict[tuple[int, int], list[Finished]] = defaultdict(list)
        try:
            for answer in answers:
                one = answer.finished(self._last_shown.get(call_of(answer.slot)))
                finished[answer.lease.batch_id, answer.lease.token].append(one if texts else replace(one, request=None))
            close_old_connections()
            stored = record.save(finished)
        except (OperationalError, InterfaceError) as error:
            outage.database.begin(error)
            return None
        except Exception:
            log.warning("%d outcomes were not taken, trying them apart", len(answers), exc_info=True)
            return True
        outage.database.end()
        if stored < len(answers):
            log.warning("%d outcomes were refused: their leases had passed on", len(answers) - stored)
        self._last_shown.update((call_of(answer.slot), answer.shown) for answer in answers)
        return False
