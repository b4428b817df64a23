"""How the installation itself is doing, as far as the database knows: slots, ticks, partitions."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import Count, F, Func, IntegerField, Min, Q, Sum

from apiclient import heartbeat, report
from apiclient.catalogue import Failure
from apiclient.models import Batch, Delivery, Outcome
from apiclient.models.location import PUSHED
from apiclient.selection import Selection
from apiclient.slot import due_ms_of, first_slot, from_ms
from apiclient.verify import overdue

DAY_MS = 86_400_000
MOST_COUNTED = 1_000_000
LAG_MINUTES = 5
MOST_LAGS = 100_000
SHORTEST_LAG_SPAN_MS = 30_000
_UPPER_BOUND = re.compile(r"TO \('?(\d+)'?\)")


@dataclass(frozen=True, slots=True)
class OpenSlots:
    """Slots claimed, without an outcome yet: ``waiting`` on no worker, ``overdue`` ones should long have ended."""

    total: int
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Events that wait to be sent to webhooks, for how long the first of them (s), and those given up in a day."""

    waiting: int
    oldest_s: float
    gave_up: int


@dataclass(frozen=True, slots=True)
class Partitions:
    """How many days from now the outcomes' partitions reach, and how many rows fitted none of them."""

    days_ahead: float
    in_default: int


class Length(Func):
    """How many entries a JSON array has, counted by the database."""

    function = "json_array_length"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_array_length", **context)


def open_slots(now_ms: int) -> OpenSlots:
    """Counted in one query, however many batches there are."""
    length = Length(F("slots"))
    counts = Batch.objects.aggregate(
        total=Sum(length),
        waiting=Sum(length, filter=Q(token__isnull=True)),
        overdue=Sum(length, filter=overdue(now_ms)),
    )
    return OpenSlots(**{name: count or 0 for name, count in counts.items()})


def tick_age_s(now_ms: int) -> float | None:
    """Seconds since the timetable last ran, None when it never did."""
    at_ms = heartbeat.last_tick_ms()
    return None if at_ms is None else (now_ms - at_ms) / 1000


def missed_lately(now_ms: int, minutes: int) -> tuple[int, int]:
    """Of the slots of the last so many minutes: those at which nothing was sent, and all that have an outcome."""
    until = from_ms(now_ms)
    counts = report.answers(Selection(until - timedelta(minutes=minutes), until))
    return counts.get((None, Failure.MISSED), 0), sum(counts.values())


def start_lag_ms(now_ms: int, quantiles: Sequence[float]) -> dict[float, int]:
    """How late what was sent within the last five minutes began, by quantile; {} where nothing was sent.

    Where there is much, a shorter span tells as well: down to half a minute.
    """
    _, stored = missed_lately(now_ms, LAG_MINUTES)
    span_ms = LAG_MINUTES * 60_000 * MOST_LAGS // max(stored, MOST_LAGS)
    rows = Outcome.objects.filter(id__gte=first_slot(now_ms - max(span_ms, SHORTEST_LAG_SPAN_MS)), lag_ms__isnull=False)
    rows = rows.exclude(location=PUSHED)
    counts = sorted(rows.values_list("lag_ms").annotate(Count("id")).order_by())
    ranks = list(accumulate(count for _, count in counts))
    return {q: counts[bisect_left(ranks, max(1, ceil(q * ranks[-1])))][0] for q in quantiles} if counts else {}


def deliveries(now_ms: int) -> Deliveries:
    """Of all webhooks. One that is tried again waits since it was queued."""
    waiting = Delivery.objects.filter(next_ms__isnull=False).aggregate(count=Count("pk"), since_ms=Min("queued_ms"))
    oldest_s = max(0, now_ms - waiting["since_ms"]) / 1000 if waiting["count"] else 0.0
    gave_up = Delivery.objects.filter(gave_up_ms__gte=now_ms - DAY_MS).count()
    return Deliveries(waiting["count"], oldest_s, gave_up)


def partitions(now_ms: int) -> Partitions | None:
    """None where the outcomes are not partitioned."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(%s)", [Outcome._meta.db_table])
        if (row := cursor.fetchone()) is None or not row[0]:
            return None
        cursor.execute(
            "SELECT pg_get_expr(c.relpartbound, c.oid), c.oid::regclass::text FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(%s)",
            [Outcome._meta.db_table],
        )
        bounds = dict(cursor.fetchall())
    ends = [due_ms_of(int(found[1])) for bound in bounds if (found := _UPPER_BOUND.search(bound))]
    default = bounds.get("DEFAULT")
    return Partitions((max(ends, default=now_ms) - now_ms) / DAY_MS, _rows(default) if default else 0)


def _rows(table: str) -> int:
    """Rows of a table that should be empty; ``table`` is a name that PostgreSQL itself has quoted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MOST_COUNTED}) AS few")  # noqa: S608
        return int(cursor.fetchone()[0])
