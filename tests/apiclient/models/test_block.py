"""Outcomes of one call come by block of time, the same ones in the same order as by their ids."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apiclient.models import Outcome
from apiclient.models.block import BLOCK_BITS, between, newest_first
from tests.builders import make_call, make_outcome

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    call = make_call()
    return [make_outcome(call, due_at=NOON + timedelta(minutes=17 * n), detailed=False).pk for n in range(40)]


def test_the_order_is_that_of_the_ids(ids):
    rows = Outcome.objects.order_by(*newest_first(of_one_call=True)).values_list("pk", flat=True)
    assert list(rows) == ids[::-1]
    assert list(rows.reverse()) == ids


def test_between_takes_the_first_and_leaves_the_end(ids):
    assert len({pk >> BLOCK_BITS for pk in ids}) > 5
    for first, end in ((0, 39), (3, 4), (7, 7), (20, 39)):
        assert (
            list(Outcome.objects.filter(between(ids[first], ids[end])).values_list("pk", flat=True)) == ids[first:end]
        )
    assert Outcome.objects.filter(between(0, (1 << 63) - 1)).count() == 40


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's index has the time in it")
def test_a_page_of_one_call_is_read_by_its_index(ids):
    call = Outcome.objects.first().call_id
    rows = Outcome.objects.filter(between(ids[0], ids[-1]), call=call).order_by(*newest_first(of_one_call=True))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    plan = rows[:5].explain()
    assert "call_id_expr_idx" in plan or "outcome_call_time" in plan or "call_id" in plan.partition("Index Cond")[2]
    assert "Incremental Sort" in plan
