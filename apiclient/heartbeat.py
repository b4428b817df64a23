"""Signs of life: a tick a second of the timetable, a heartbeat every few seconds of each worker process."""

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from apiclient import database
from apiclient.models import Heartbeat, Tick

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
ALIVE_MS = 20_000
"""A worker seen this lately is alive: it may wait for a busy database three times."""
FORGET_MS = 3_600_000
"""A worker that vanished is told for so long."""

Load = Callable[[], tuple[int, int]]
"""Open slots and capacity of this process."""


def tick(now_ms: int) -> None:
    """The timetable ran."""
    if not Tick.objects.filter(pk=1).update(at_ms=now_ms):
        Tick.objects.update_or_create(pk=1, defaults={"at_ms": now_ms})


def last_tick_ms() -> int | None:
    """When the timetable last ran, None when it never did."""
    return Tick.objects.values_list("at_ms", flat=True).first()


def workers(now_ms: int) -> list[Heartbeat]:
    """Every worker process seen within the hour, those that vanished without a farewell included."""
    return list(Heartbeat.objects.filter(seen_ms__gte=now_ms - FORGET_MS))


def is_alive(worker: Heartbeat, now_ms: int) -> bool:
    return worker.seen_ms >= now_ms - ALIVE_MS


class Pulse(Thread):
    """Writes this process's heartbeat until told to stop, in a thread of its own: a database that is slow to answer
    holds nothing else."""

    def __init__(self, name: str, load: Load, clock: Callable[[], int]) -> None:
        super().__init__(name="pulse", daemon=True)
        self._load, self._clock = load, clock
        self._ended = Event()
        self._row = Heartbeat(name=name[:200], host=socket.gethostname()[:200], process=os.getpid(), started_ms=clock())

    def run(self) -> None:
        self._guarded(self._begin)
        while not self._ended.wait(BEAT_SECONDS):
            self._guarded(self.beat)
        self._guarded(self._farewell)
        connection.close()

    def stop(self) -> None:
        """End with a farewell: a worker that was told to stop is not one that vanished."""
        self._ended.set()
        self.join(timeout=BEAT_SECONDS)

    def beat(self) -> None:
        """One heartbeat; whoever has not been seen for an hour is forgotten."""
        row, now_ms = self._row, self._clock()
        row.seen_ms, (row.open_slots, row.capacity) = now_ms, self._load()
        row.clock_ms = (database.clock_difference() or timedelta(0)) // timedelta(milliseconds=1)
        with transaction.atomic():
            row.save()
            Heartbeat.objects.filter(seen_ms__lt=now_ms - FORGET_MS).delete()

    def _begin(self) -> None:
        """The row of a process of this name and machine that is gone is not kept beside its successor's."""
        gone = Heartbeat.objects.filter(name=self._row.name, host=self._row.host)
        gone.filter(seen_ms__lt=self._clock() - ALIVE_MS).delete()
        self.beat()

    def _farewell(self) -> None:
        Heartbeat.objects.filter(pk=self._row.pk).delete()

    def _guarded(self, step: Callable[[], None]) -> None:
        """The database may be away: the next heartbeat comes anyway."""
        try:
            close_old_connections()
            step()
        except (DatabaseError, InterfaceError) as error:
            log.debug("no heartbeat: %s", error)
