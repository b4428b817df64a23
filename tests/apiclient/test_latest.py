"""The newest outcome of a call is found whether it ran a moment or a year ago, with as many questions either way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.clock import now_ms
from apiclient.latest import FEW_CALLS, after, before, latest_outcomes
from apiclient.models import Outcome
from apiclient.prune import prune
from tests.builders import close_hours_until, make_call, make_outcome, make_service

MOST_QUERIES = 8
AGES = [timedelta(minutes=1), timedelta(hours=5), timedelta(days=1, hours=23), timedelta(days=31), timedelta(days=400)]
pytestmark = pytest.mark.django_db


def ran(call, *ages):
    now = timezone.now()
    return [make_outcome(call, due_at=now - age, detailed=False) for age in ages]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("others", [0, FEW_CALLS])
def test_the_newest_outcome_of_each_call_is_found_however_old(others, closed, django_assert_max_num_queries):
    service = make_service()
    calls = [make_call(service) for _ in AGES]
    busy = [make_call(service) for _ in range(others)]
    for age, call in zip(AGES, calls, strict=True):
        ran(call, age, age + timedelta(hours=3), age + timedelta(days=40))
    for call in busy:
        ran(call, *[timedelta(seconds=n) for n in range(1, 6)])
    quiet = make_call(service)
    if closed:
        close_hours_until(now_ms())
    with django_assert_max_num_queries(MOST_QUERIES):
        found = latest_outcomes(call.pk for call in [*calls, *busy, quiet])
    assert found == {call.pk: Outcome.objects.filter(call=call).latest("id") for call in [*calls, *busy]}


def test_of_pruned_hours_the_newest_that_is_left_is_found(settings):
    settings.ANSWERBACK_KEEP_SUCCESSES = 20
    call = make_call()
    for days in (30, 40, 50):
        make_outcome(call, 500, due_at=timezone.now() - timedelta(days=days))
    (gone,) = ran(call, timedelta(days=25))
    close_hours_until(now_ms())
    assert latest_outcomes([call.pk]) == {call.pk: gone}
    list(prune(now_ms()))
    assert latest_outcomes([call.pk])[call.pk] == Outcome.objects.latest("id")
    Outcome.objects.all().delete()
    assert latest_outcomes([call.pk]) == {}


def test_nothing_is_asked_of_nobody():
    assert latest_outcomes([]) == {}


def test_the_outcomes_before_and_after_are_of_the_same_call():
    call = make_call()
    ran(make_call(call.service), *AGES)
    rows = ran(call, *reversed(AGES))
    ids = [row.pk for row in rows]
    assert [before(row) for row in rows] == [None, *ids[:-1]]
    assert [after(row) for row in rows] == [*ids[1:], None]


def test_outcomes_of_one_block_are_told_apart():
    call = make_call()
    rows = ran(call, *[timedelta(days=3, seconds=-n) for n in range(4)])
    assert [before(row) for row in rows[1:]] == [row.pk for row in rows[:-1]]
    assert [after(row) for row in rows[:-1]] == [row.pk for row in rows[1:]]
    assert latest_outcomes([call.pk]) == {call.pk: rows[-1]}
