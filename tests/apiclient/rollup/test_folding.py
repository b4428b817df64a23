"""Cells of a minute are merged, once, whoever does it."""

import pytest
from django.db import connection

from apiclient.catalogue import Failure
from apiclient.models import Rollup, Step
from apiclient.rollup import fold
from apiclient.rollup.folding import FOLD_AFTER_S
from tests.noon import HOUR, NOON, at_once, clean, on_demand, outcome, sums

OVER = NOON + (FOLD_AFTER_S + 60) * 1000
START = NOON // 1000
pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


def test_folding_keeps_sums_and_a_second_fold_does_nothing():
    call = on_demand()
    for n in range(6):
        outcome(call, 2 * n, 200 if n % 2 else 500, total_us=10**n)
    outcome(call, 61_000)
    before = sums(step=Step.MINUTE)
    assert len(before) == 7
    assert fold(OVER - 1_000) == 0
    assert fold(OVER) == 4
    assert sums(step=Step.MINUTE) == [(START, 0, 200, 3), (START, 0, 500, 3), (START + 60, 0, 200, 1)]
    assert clean()
    assert fold(OVER) == 0
    outcome(call, 30)
    assert fold(OVER) == 1
    assert clean()


def test_failures_and_codes_are_folded_apart():
    call = on_demand()
    for n, failure in enumerate([Failure.DNS, Failure.DNS, Failure.MISSED]):
        outcome(call, 2 * n, None, failure=failure)
    fold(OVER)
    assert sorted(Rollup.objects.values_list("failure", "count")) == [(Failure.DNS, 2), (Failure.MISSED, 1)]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_folds_at_once_count_nothing_twice():
    call = on_demand()
    for n in range(60):
        outcome(call, n * 2 + n % 3 * 60_000)
    assert at_once(*[lambda: fold(NOON + 2 * HOUR)] * 4) == []
    assert Rollup.objects.count() == 3
    assert clean()
