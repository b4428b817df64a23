"""A reader beside the product: which outcomes could ever be read, and how long slots stood open."""

import sqlite3
import time
from threading import Event, Thread
from typing import NamedTuple

import psycopg

from apiclient.slot import first_slot
from tests.database import Database

LOOK_SECONDS = 0.5
RECENT_MS = 5_000
"""Each look reads the outcomes of so long before the newest; every tenth reads all, for those that came late."""
UNREACHABLE = (psycopg.Error, sqlite3.Error)


class Outcome(NamedTuple):
    """A row as it stands in the database."""

    slot: int
    call: int
    status_code: int | None
    failure: int | None
    lag_ms: int | None
    body_bytes: int
    total_us: int
    dns_us: int
    connect_us: int
    tls_us: int
    wait_us: int


OUTCOMES = """SELECT id, call_id, status_code, failure, lag_ms, body_bytes,
    total_us, dns_us, connect_us, tls_us, wait_us FROM apiclient_outcome"""


def read_outcomes(database: Database, since: int = 0) -> dict[int, Outcome]:
    """By slot, from the slot ``since`` on."""
    return {row[0]: Outcome(*row) for row in database.rows(f"{OUTCOMES} WHERE id >= {since}")}


class Watch(Thread):
    """Looks twice a second. ``seen`` holds every outcome as it was first read; ``longest_open`` is in seconds,
    ``longest_slot`` the slot that stood open for so long.
    """

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.ended = url, Event()
        self.seen: dict[int, Outcome] = {}
        self.longest_open, self.longest_slot = 0.0, 0
        self._looks = 0
        self._open_since: dict[int, float] = {}

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()

    @property
    def answered(self) -> int:
        return sum(outcome.status_code == 200 for outcome in list(self.seen.values()))

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                with Database(self.url) as database:
                    while not self.ended.wait(LOOK_SECONDS):
                        self.look(database)
            except UNREACHABLE:  # a fault's doing: it is tried again
                time.sleep(LOOK_SECONDS)

    def look(self, database: Database) -> None:
        batches = database.slot_lists("apiclient_batch")
        self._looks += 1
        newest = max(self.seen, default=0)
        since = newest - first_slot(RECENT_MS) if self._looks % 10 else 0
        for slot, outcome in read_outcomes(database, since).items():
            self.seen.setdefault(slot, outcome)
        now = time.monotonic()
        still = {slot: self._open_since.get(slot, now) for slots in batches for slot in slots}
        for slot in self._open_since.keys() - still.keys():
            self.longest_open, self.longest_slot = max(
                (self.longest_open, self.longest_slot), (now - self._open_since[slot], slot)
            )
        self._open_since = still
