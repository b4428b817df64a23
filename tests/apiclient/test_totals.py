"""Totals of all history: read once, then only what is new; they never fall."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclient import rollup
from apiclient.clock import now_ms
from apiclient.histogram import count
from apiclient.models import Due, Outcome
from apiclient.slot import to_ms
from apiclient.totals import Totals
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db

HOUR_S = 3600


@pytest.fixture
def hours_later(monkeypatch):
    """Moves the clock that never goes back."""
    from apiclient import totals

    here = {"s": 1_000.0}
    monkeypatch.setattr(totals.time, "monotonic", lambda: here["s"])
    return lambda hours: here.update(s=here["s"] + hours * HOUR_S)


@pytest.fixture
def noon():
    """Half past an hour long ago, in seconds since 2020."""
    return (to_ms(timezone.now()) // 3_600_000 - 10) * HOUR_S + 1800


def answered(call, second, **fields):
    from apiclient.slot import from_ms

    return make_outcome(call, due_at=from_ms(second * 1000), detailed=False, **fields)


def by_call(totals, now_s):
    return {key: cell.count for key, cell in totals.read(now_s).items()}


def of_calls():
    return Totals("call", lambda cell: cell.subject)


def test_a_late_outcome_of_an_unsettled_minute_is_counted_at_once(noon):
    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    answered(call, noon - 10)
    assert by_call(totals, noon) == {call.pk: 2}
    answered(call, noon - 100)
    assert by_call(totals, noon + 5) == {call.pk: 3}


def test_one_of_a_closed_hour_is_counted_within_an_hour(noon, hours_later):
    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    Due.objects.update(due_ms=None)
    rollup.close(now_ms())
    assert by_call(totals, now_ms() // 1000) == {call.pk: 1}
    answered(call, noon - 900)
    assert by_call(totals, now_ms() // 1000) == {call.pk: 1}
    hours_later(1)
    assert by_call(totals, now_ms() // 1000) == {call.pk: 2}


def test_what_is_closed_is_not_read_again_while_nothing_of_it_changes(noon, hours_later):
    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    Due.objects.update(due_ms=None)
    rollup.close(now_ms())
    assert by_call(totals, now_ms() // 1000) == {call.pk: 1}
    with CaptureQueriesContext(connection) as asked:
        totals.read(now_ms() // 1000)
    hours_later(5)
    with CaptureQueriesContext(connection) as asked_later:
        totals.read(now_ms() // 1000)
    assert len(asked_later) == len(asked)


def test_one_that_is_later_still_is_counted_when_its_hour_closes(noon):
    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    assert by_call(totals, noon) == {call.pk: 1}
    answered(call, noon - 900)
    assert by_call(totals, noon + 60) == {call.pk: 1}
    Due.objects.update(due_ms=None)
    rollup.close(now_ms())
    assert by_call(totals, now_ms() // 1000) == {call.pk: 2}


def test_settled_minutes_are_not_read_again(noon):
    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    totals.read(noon)
    Outcome.objects.all().delete()
    assert by_call(totals, noon + 60) == {call.pk: 1}


def test_a_total_does_not_fall_when_outcomes_are_deleted(noon):
    call, totals = make_call(), of_calls()
    answered(call, noon - 20)
    answered(call, noon - 10)
    assert by_call(totals, noon) == {call.pk: 2}
    Outcome.objects.all().delete()
    answered(call, noon - 5)
    assert by_call(totals, noon) == {call.pk: 2}


def test_histograms_of_services_add_up_over_closed_hours_settled_minutes_and_the_rest(noon):
    call = make_call()
    totals = Totals("service", lambda cell: cell.subject, histograms=True)
    answered(call, noon - 2 * HOUR_S, total_us=1_000)
    Due.objects.update(due_ms=None)
    rollup.close((noon - HOUR_S) * 1000)
    answered(call, noon - 600, total_us=2_000)
    answered(call, noon - 10, total_us=3_000)
    for _ in range(2):
        (cell,) = totals.read(noon).values()
        assert (cell.count, count(cell.histogram), len(cell.histogram)) == (3, 3, 3)


def test_a_second_reading_costs_three_queries(noon):
    call, totals = make_call(), of_calls()
    for minutes in range(20):
        answered(call, noon - 60 * minutes)
    totals.read(noon)
    with CaptureQueriesContext(connection) as caught:
        totals.read(noon + 15)
    assert len(caught) == 3


def test_an_error_halfway_counts_nothing_twice(noon, monkeypatch):
    from apiclient import report

    call, totals = make_call(), of_calls()
    answered(call, noon - 600)
    cells = report.cells

    def broken(*args, **kwargs):
        yield from cells(*args, **kwargs)
        raise ConnectionError

    monkeypatch.setattr(report, "cells", broken)
    with pytest.raises(ConnectionError):
        totals.read(noon)
    monkeypatch.setattr(report, "cells", cells)
    assert by_call(totals, noon) == {call.pk: 1}
