"""The next slot follows every edit, and no edit skips, doubles or forgets one."""

import pytest

from apiclient.cadence import Cadence
from apiclient.clock import now_ms
from apiclient.models import Due
from apiclient.models.due import LOOKAHEAD_MS, plan
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db


def due(call):
    return Due.objects.get(call=call)


def test_a_new_call_is_planned_in_the_save_that_makes_it():
    before = now_ms()
    call = make_call(interval_seconds=60)
    found = due(call)
    assert found.due_ms == Cadence(60).next_slot(call.pk, found.since_ms - 1)
    assert before + LOOKAHEAD_MS < found.since_ms <= found.due_ms <= now_ms() + LOOKAHEAD_MS + 60_000


@pytest.mark.parametrize(
    "edit", [{"path": "/other"}, {"name": "Other"}, {"timeout_ms": 500}, {"headers": {"A": "b"}}, {}]
)
def test_an_edit_that_leaves_the_cadence_alone_keeps_the_place(edit):
    call = make_call(interval_seconds=60)
    Due.objects.filter(call=call).update(due_ms=1000, since_ms=500)
    for field, value in edit.items():
        setattr(call, field, value)
    call.save()
    assert (due(call).due_ms, due(call).since_ms) == (1000, 500)


@pytest.mark.parametrize(
    "edit", [{"interval_seconds": 30}, {"interval_seconds": None, "cron": "* * * * *"}, {"interval_seconds": None}]
)
def test_another_cadence_begins_after_what_may_be_claimed(edit):
    call = make_call(interval_seconds=60)
    Due.objects.filter(call=call).update(due_ms=1000, since_ms=500)
    for field, value in edit.items():
        setattr(call, field, value)
    now = now_ms()
    call.save()
    found = due(call)
    assert found.since_ms > now + LOOKAHEAD_MS
    assert found.due_ms == call.cadence.next_slot(call.pk, found.since_ms - 1)


def test_a_pause_ends_the_timetable_and_resuming_begins_a_new_one():
    call = make_call(interval_seconds=60)
    call.enabled = False
    call.save()
    assert (due(call).due_ms, due(call).cadence) == (None, "")
    call.enabled = True
    call.save()
    assert due(call).due_ms > now_ms()


def test_pausing_a_service_pauses_its_calls_and_resuming_resumes_them():
    service = make_service()
    calls = [make_call(service) for _ in range(3)]
    calls[0].enabled = False
    calls[0].save()
    other = make_call()
    service.enabled = False
    service.save()
    assert [due(call).due_ms for call in calls] == [None] * 3
    assert due(other).due_ms
    service.enabled = True
    service.save()
    assert [due(call).due_ms is not None for call in calls] == [False, True, True]


def test_pausing_a_service_costs_the_same_however_many_calls(django_assert_max_num_queries):
    service = make_service()
    for _ in range(30):
        make_call(service)
    service.enabled = False
    with django_assert_max_num_queries(9):
        service.save()
    assert not Due.objects.filter(due_ms__isnull=False).exists()


def test_a_call_made_in_a_paused_service_waits():
    assert due(make_call(make_service(enabled=False))).due_ms is None


def test_planning_twice_changes_nothing():
    call = make_call(interval_seconds=60)
    before = (due(call).due_ms, due(call).since_ms)
    plan([call], now_ms() + 10**6)
    assert (due(call).due_ms, due(call).since_ms) == before


def test_the_place_goes_with_the_call():
    call = make_call()
    call.delete()
    assert not Due.objects.exists()
