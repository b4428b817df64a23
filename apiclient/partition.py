"""Daily partitions of the outcomes on PostgreSQL: made ahead, filled from the DEFAULT one, thinned, dropped.

Days are counted from 2020, UTC, as ids are. Nothing here does anything on SQLite. A lock that is not to be had at once
is given up before anybody who waits for us could take it for a deadlock, and asked for again a moment later.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from apiclient.catalogue import Verdict
from apiclient.models import Outcome
from apiclient.slot import EPOCH, first_slot

TABLE = Outcome._meta.db_table
REST = f"{TABLE}_rest"
"""The DEFAULT partition: holds what fits no other, so that no row is ever refused."""
DAY_MS = 86_400_000
DAY = first_slot(DAY_MS)
LAST_DAY = (1 << 63) // DAY - 1
DAYS_AHEAD = 7
MOST_DAYS = 100
"""Made from the DEFAULT partition in one go."""
LOCK_TIMEOUT_MS = 400
"""Below PostgreSQL's deadlock_timeout of a second: neither we nor a writer ever wait long enough to be called dead."""
TRIES, PAUSE_S = 30, 0.5
LOCKED = {"55P03", "40P01"}
PRUNING_LOCK = 0x41_42_02
"""PostgreSQL's advisory lock that whoever prunes holds."""

Result = TypeVar("Result")


class BusyError(Exception):
    """Something held the outcomes for longer than we tried; nothing has been changed."""


def exists() -> bool:
    """Whether the outcomes are partitioned: not on SQLite, nor before the migration that does it."""
    if connection.vendor != "postgresql":
        return False
    return bool(_rows("SELECT to_regclass(%s) IS NOT NULL", REST)[0][0])


def partitions() -> list[int]:
    """The days that have a partition, oldest first."""
    if connection.vendor != "postgresql":
        return []
    rows = _rows(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass",
        TABLE,
    )
    names = [name.removeprefix(f"{TABLE}_") for (name,) in rows]
    return sorted(_day_of(name) for name in names if name.isdigit())


def make(now_ms: int) -> list[int]:
    """Make the partitions from yesterday to a week ahead, and of every day that the DEFAULT one has rows of; which."""
    if connection.vendor != "postgresql":
        return []
    today = now_ms // DAY_MS
    wanted = {*range(today - 1, today + DAYS_AHEAD + 1), *_days_in_rest()} - set(partitions())
    return [day for day in sorted(wanted) if _patiently(lambda day=day: _make(day))]  # type: ignore[misc]


def analyze(now_ms: int) -> None:
    """Renew the statistics of the days that are being filled, and that of yesterday, where autovacuum does not.

    A plan that takes a day of a million rows for an empty one reads it from one end to the other.
    """
    today = now_ms // DAY_MS
    for day in {today - 1, today} & set(partitions()):
        _run(f"ANALYZE {name_of(day)}")


def thin(day: int) -> int:
    """Leave only what did not pass in the day's partition; how many outcomes went.

    The kept rows are copied while readers go on and only writers to that very day wait, then the tables change places.
    That needs a moment without any reader, so one is waited for before the work of copying is begun.
    """
    name, kept = name_of(day), f"{name_of(day)}_kept"

    def copy_and_swap() -> int:
        _run(f"LOCK TABLE {name} IN SHARE MODE")
        before = _count(name)
        _create(kept, day)
        _run(f"INSERT INTO {kept} SELECT * FROM {name} WHERE verdict <> %s ORDER BY id", int(Verdict.PASSED))
        left = _count(kept)
        _swap(name, kept, day)
        return before - left

    _patiently(lambda: _run(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE"))
    gone = _patiently(copy_and_swap)
    _run(f"ANALYZE {name}")
    return gone


def drop(day: int) -> None:
    """Drop the day's partition with all it holds."""
    _patiently(lambda: _run(f"DROP TABLE IF EXISTS {name_of(day)}"))


def size(day: int) -> int:
    """Bytes of the day's partition, indexes included."""
    return int(_rows("SELECT pg_total_relation_size(%s::regclass)", name_of(day))[0][0])


def name_of(day: int) -> str:
    """The partition's table: apiclient_outcome_20261124."""
    return f"{TABLE}_{EPOCH + timedelta(day):%Y%m%d}"


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else is pruning; nobody begins while this lasts. SQLite deletes in steps that may interleave."""
    if connection.vendor != "postgresql":
        yield True
        return
    got = bool(_rows("SELECT pg_try_advisory_lock(%s)", PRUNING_LOCK)[0][0])
    try:
        yield got
    finally:
        if got:
            _run("SELECT pg_advisory_unlock(%s)", PRUNING_LOCK)


def _make(day: int) -> bool:
    name, first = name_of(day), day * DAY
    # For a moment nobody reads or writes: whoever knows the partitions as they were would miss the rows that move.
    _run(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE")
    if day in partitions():
        return False
    _create(name, day)
    _run(
        f"WITH moved AS (DELETE FROM {REST} WHERE id >= %s AND id < %s RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM moved ORDER BY id",
        *(first, first + DAY),
    )
    _attach(name, day)
    return True


def _create(name: str, day: int) -> None:
    """A table like the outcomes', apart from them as yet.

    Its check proves that every row is of the day, so attaching it reads none.
    """
    first = day * DAY
    _run(
        f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL, CONSTRAINT of_the_day CHECK (id >= {first} "
        f"AND id < {first + DAY})) WITH (autovacuum_analyze_scale_factor = 0.05)"
    )


def _attach(name: str, day: int) -> None:
    _run(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ({day * DAY}) TO ({(day + 1) * DAY})")
    _run(f"ALTER TABLE {name} DROP CONSTRAINT of_the_day")


def _swap(name: str, kept: str, day: int) -> None:
    _run(f"DROP TABLE {name}")
    _run(f"ALTER TABLE {kept} RENAME TO {name}")
    _attach(name, day)


def _days_in_rest() -> list[int]:
    """One step into the primary key for each day; rows before 2020 or in the last day of all stay where they are."""
    days: list[int] = []
    while len(days) < MOST_DAYS:
        after = (days[-1] + 1) * DAY if days else 0
        (first,) = _rows(f"SELECT min(id) FROM {REST} WHERE id >= %s", after)[0]
        if first is None or first // DAY >= LAST_DAY:
            break
        days.append(first // DAY)
    return days


def _patiently(work: Callable[[], Result]) -> Result:
    """Do it in one transaction, and again from its beginning as long as something in the way holds a lock."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _run(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in LOCKED:
                raise
        time.sleep(PAUSE_S)
    raise BusyError("The outcomes are locked by something that takes long. Nothing was changed; try again later.")


def _count(table: str) -> int:
    return int(_rows(f"SELECT count(*) FROM {table}")[0][0])


def _day_of(name: str) -> int:
    year, month, day = int(name[:4]), int(name[4:6]), int(name[6:])
    return (EPOCH.replace(year=year, month=month, day=day) - EPOCH).days


def _run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
