"""What is closed, and the lock between those who close and those who write."""

from collections import defaultdict
from collections.abc import Iterable
from secrets import randbits
from typing import NamedTuple

from django.db import connection, transaction

from apiclient.clock import now_ms
from apiclient.models import Step
from apiclient.models.pruned import Pruned, complete_from_s
from apiclient.models.rollup import Closed
from apiclient.slot import call_of, due_ms_of

CLOSE_AFTER_MS = 60_000
"""A quarter hour is closed so long after its end at the earliest."""
CLOSED_LOCK = 0x41_42_01
"""PostgreSQL's advisory lock on what is closed: shared by writers of open spans, else held alone."""


BOUNDS = (
    f"SELECT (SELECT until_s FROM {Closed._meta.db_table} ORDER BY id LIMIT 1), "  # noqa: S608  (names of the models)
    f"(SELECT complete_s FROM {Pruned._meta.db_table} ORDER BY id LIMIT 1)"
)


class ClosedMeanwhile(Exception):
    """The transaction must be tried again: it then sees the span as closed."""


def closed() -> Closed:
    """Until when all is closed, and from when on short steps are kept (see apiclient.models.rollup)."""
    return Closed.objects.first() or Closed(until_s=0)


def closed_until_s() -> int:
    """Spans that end before this moment (seconds since 2020) are closed; 0 when none is."""
    return Closed.objects.values_list("until_s", flat=True).first() or 0


class Bounds(NamedTuple):
    """In seconds since 2020: what is before ``until_s`` is closed, from ``complete_s`` on all outcomes are kept."""

    until_s: int
    complete_s: int


def bounds(after: str = "") -> Bounds:
    """Both at once, and in plain SQL: every outcome that is stored asks for them, some alone.

    ``after`` is a statement that goes before, in the same message to the server.
    """
    with connection.cursor() as cursor:
        cursor.execute(after + BOUNDS)
        if after:
            cursor.nextset()
        return Bounds(*(second or 0 for second in cursor.fetchone()))


class Hold(NamedTuple):
    """The closed quarter hours of slots by start, each with its calls, to be counted again once all are written."""

    quarters: dict[int, set[int]]
    complete_s: int


def hold(slots: Iterable[int]) -> Hold:
    """Until the transaction ends nothing is closed and no call deleted."""
    moments = {slot: quarter_of(slot) for slot in slots}
    oldest = min(moments.values())
    # Nobody closes what is not over for a while: that much need not be asked, and nearly all is as young.
    late = oldest + Step.QUARTER + CLOSE_AFTER_MS // 1000 <= now_ms() // 1000 and oldest < bounds().until_s
    until_s, complete_s = bounds(lock_first(shared=not late))
    if oldest < until_s and not late:
        raise ClosedMeanwhile("a span was closed just before an outcome of it was written; try again")
    if late:
        change()
    quarters: dict[int, set[int]] = defaultdict(set)
    for slot, start_s in moments.items():
        if start_s < until_s:
            quarters[start_s].add(call_of(slot))
    return Hold(quarters, complete_s)


def give_up(until_s: int) -> None:
    """From now on closed spans before this moment are not counted again: outcomes of theirs will be pruned."""
    with transaction.atomic():
        lock(shared=False)
        until_s = max(min(until_s, closed_until_s()), complete_from_s())
        Pruned.objects.update_or_create(pk=1, defaults={"complete_s": until_s})


def lock(*, shared: bool) -> None:
    """Take the lock until the transaction ends. SQLite has one writer anyway.

    Who holds it alone may change cells of closed spans, which readers remember.
    """
    if statement := lock_first(shared=shared):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    if not shared:
        change()


def lock_first(*, shared: bool) -> str:
    """The statement that takes the lock, '' where there is none to take."""
    if connection.vendor != "postgresql":
        return ""
    return f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}({CLOSED_LOCK});"


def change() -> None:
    """Cells of closed spans change in this transaction. The number is drawn: a restored database repeats none."""
    Closed.objects.update(version=randbits(62))


def quarter_of(slot: int) -> int:
    """When the slot's quarter hour begins, in seconds since 2020."""
    return due_ms_of(slot) // (Step.QUARTER * 1000) * Step.QUARTER
