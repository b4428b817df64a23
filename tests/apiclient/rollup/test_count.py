"""The database counts as Python does, to the microsecond at which one bucket ends and the next begins."""

import random

import pytest
from django.db import connection

from apiclient.catalogue import Failure
from apiclient.histogram import bucket
from apiclient.models import Outcome, Step
from apiclient.rollup import count
from tests.noon import NOON, on_demand, outcome

on_postgresql = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite counts in Python")


def test_each_bound_is_the_first_duration_of_its_bucket():
    bounds = count.lower_bounds()
    assert len(bounds) == bucket(count.LONGEST_US) == bucket((1 << 31) - 1)
    for number, low in enumerate(bounds, 1):
        assert bucket(low) >= number > bucket(low - 1)


def test_as_many_bounds_are_at_most_a_duration_as_its_bucket_says():
    bounds, draw = count.lower_bounds(), random.Random(5)
    edges = {us + off for us in bounds for off in (-1, 0, 1)} | {1 << n for n in range(31)} | {count.LONGEST_US}
    for us in sorted(edges | {draw.randrange(1 << draw.randrange(1, 32)) for _ in range(2_000)}):
        if us <= count.LONGEST_US:
            assert sum(bound <= us for bound in bounds) == bucket(us), us


@on_postgresql
def test_the_database_finds_the_same_bucket_at_every_edge(db):
    us = sorted({bound + off for bound in count.lower_bounds() for off in (-1, 0, 1)} | {0, -3, count.LONGEST_US})
    us = [one for one in us if one <= count.LONGEST_US]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT us, width_bucket(us, %s::int[]) FROM unnest(%s::int[]) AS given(us)", [count.lower_bounds(), us]
        )
        assert dict(cursor.fetchall()) == {one: bucket(one) for one in us}


@on_postgresql
def test_both_ways_of_counting_give_the_same_cells(db):
    calls, draw = [on_demand() for _ in range(3)], random.Random(3)
    for n in range(60):
        code = draw.choice([200, 200, 404, None])
        failure = None if code else draw.choice([Failure.DNS, Failure.TIMEOUT])
        outcome(calls[n % 3], n * 2, code, failure=failure, total_us=draw.randrange(1 << draw.randrange(1, 31)))
    for only in (None, [calls[0].pk, calls[2].pk], []):
        by_sql, here = (
            sorted(way(NOON // 1000, NOON // 1000 + 900, only), key=str)
            for way in (count._count_in_sql, count._count_here)
        )
        assert by_sql == here and len(here) >= (only != [])


def test_outcomes_of_a_call_that_is_gone_are_only_in_the_number(db):
    call, other = on_demand(), on_demand()
    outcome(call, 0)
    outcome(other, 0)
    Outcome.objects.filter(call=other).update(call=other.pk + 1_000)
    cells, number = count.count_calls(Step.QUARTER, NOON // 1000)
    assert number == 2 and [key.call_id for key in cells] == [call.pk]
