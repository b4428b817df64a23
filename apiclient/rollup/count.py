"""The outcomes of a span counted per call, by the database where it can: a row per cell comes back, not per outcome."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from django.db import connection
from django.db.models import QuerySet

from apiclient.histogram import bucket
from apiclient.models import Call, Outcome
from apiclient.rollup.cell import Cell, Key
from apiclient.slot import first_slot

LONGEST_US = (1 << 31) - 1
NAMES = ("call_id", "status_code", "failure", "verdict")
Counted = tuple[int, int | None, int | None, int, Cell]


def outcomes_of(start_s: int, end_s: int) -> QuerySet[Outcome]:
    """The outcomes due in a span, in seconds since 2020."""
    return Outcome.objects.filter(id__gte=first_slot(start_s * 1000), id__lt=first_slot(end_s * 1000))


def count_calls(step: int, start_s: int, call_ids: Iterable[int] | None = None) -> tuple[dict[Key, Cell], int]:
    """The cells of one span, per call, straight from the outcomes, and how many outcomes there are in it.

    Those of a call that is there no more are in the number only.
    """
    services = dict(Call.objects.values_list("pk", "service_id"))
    cells, number = {}, 0
    count = _count_in_sql if connection.vendor == "postgresql" else _count_here
    for call_id, status_code, failure, verdict, cell in count(start_s, start_s + step, call_ids):
        number += cell.count
        if call_id in services:
            cells[Key(step, services[call_id], call_id, start_s, status_code, failure, verdict)] = cell
    return cells, number


@cache
def lower_bounds() -> list[int]:
    """The shortest duration in each bucket from 1 on, in whole microseconds, as far as an outcome can hold one.

    How many of them are at most some duration is the number of its bucket: that is what width_bucket counts.
    """
    bounds: list[int] = []
    low = 0
    for number in range(1, bucket(LONGEST_US) + 1):
        high = LONGEST_US
        while low < high:
            between = (low + high) // 2
            low, high = (low, between) if bucket(between) >= number else (between + 1, high)
        bounds.append(low)
    return bounds


SQL = """
    SELECT call_id, status_code, failure, verdict, sum(times)::bigint, array_agg(bucket), array_agg(times)
    FROM (
        SELECT call_id, status_code, failure, verdict, width_bucket(total_us, %s::int[]) AS bucket, count(*) AS times
        FROM apiclient_outcome WHERE id >= %s AND id < %s {which} GROUP BY 1, 2, 3, 4, 5
    ) AS counted
    GROUP BY 1, 2, 3, 4
"""


def _count_in_sql(start_s: int, end_s: int, call_ids: Iterable[int] | None) -> Iterator[Counted]:
    which, parameters = ("", []) if call_ids is None else ("AND call_id = ANY(%s)", [list(call_ids)])
    span = [first_slot(start_s * 1000), first_slot(end_s * 1000)]
    with connection.cursor() as cursor:
        cursor.execute(SQL.format(which=which), [lower_bounds(), *span, *parameters])
        for *key, count, buckets, times in cursor:
            yield *key, Cell(count, dict(zip(buckets, times, strict=True)))


def _count_here(start_s: int, end_s: int, call_ids: Iterable[int] | None) -> Iterator[Counted]:
    rows = outcomes_of(start_s, end_s)
    rows = rows if call_ids is None else rows.filter(call__pk__any_of=call_ids)
    cells: defaultdict[tuple[int, int | None, int | None, int], Cell] = defaultdict(Cell)
    for *key, total_us in rows.values_list(*NAMES, "total_us").iterator(chunk_size=10_000):
        cells[tuple(key)].add(total_us)
    for key, cell in cells.items():
        yield *key, cell
