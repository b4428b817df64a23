"""The next slot follows every edit, and no edit skips, doubles or forgets one."""

import pytest

from apiclient.cadence import Cadence
from apiclient.clock import now_ms
from apiclient.models import Call, Due
from apiclient.models.due import LOOKAHEAD_MS, plan
from tests.builders import make_call, make_location, make_service

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
    with django_assert_max_num_queries(10):
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


def places(call):
    """The rows by the number of their location."""
    return {row.location_id: row for row in Due.objects.filter(call=call)}


def test_a_call_has_moments_of_its_own_in_each_location():
    locations = [make_location() for _ in range(3)]
    call = make_call(interval_seconds=60, locations=locations)
    found = places(call)
    assert set(found) == {location.pk for location in locations}
    phases = {row.due_ms % 60_000 for row in found.values()}
    assert phases == {(call.cadence.phase_ms(call.pk) + 2 * number) % 60_000 for number in found}
    assert len(phases) == 3


def test_another_location_leaves_the_places_of_the_others_alone():
    paris, kyiv = make_location(), make_location()
    call = make_call(interval_seconds=60, locations=[paris])
    Due.objects.filter(call=call).update(due_ms=1000, since_ms=500)
    call.locations.add(kyiv)
    assert (places(call)[paris.pk].due_ms, places(call)[paris.pk].since_ms) == (1000, 500)
    assert places(call)[kyiv.pk].since_ms > 1000
    call.locations.remove(kyiv)
    assert {number: row.due_ms for number, row in places(call).items()} == {paris.pk: 1000}


def test_a_location_left_and_taken_up_again_begins_after_what_may_be_claimed():
    paris, kyiv = make_location(), make_location()
    call = make_call(interval_seconds=1, locations=[paris, kyiv])
    claimed_until = now_ms() + LOOKAHEAD_MS
    call.locations.remove(kyiv)
    call.locations.add(kyiv)
    assert places(call)[kyiv.pk].since_ms > claimed_until


def test_without_any_location_a_call_runs_in_the_default_one():
    paris = make_location()
    call = make_call(locations=[paris])
    call.locations.clear()
    assert list(places(call)) == [0]
    call.locations.add(0)
    assert list(places(call)) == [0]


@pytest.mark.parametrize("change", ["add", "remove", "set", "clear"])
def test_a_location_may_be_given_its_calls_too(change):
    paris = make_location()
    calls = [make_call(), make_call(locations=[paris])]
    if change == "clear":
        paris.calls.clear()
    else:
        getattr(paris.calls, change)(*({"add": [calls[0]], "remove": [calls[1]], "set": [[calls[0]]]}[change]))
    for call in calls:
        assert list(places(call)) == [location.pk for location in call.locations.all()] or [0]


def test_a_pause_pauses_every_location():
    call = make_call(interval_seconds=60, locations=[make_location(), make_location()])
    call.enabled = False
    call.save()
    assert {row.due_ms for row in places(call).values()} == {None} and len(places(call)) == 2
    assert Call.objects.get(pk=call.pk).next_due_at is None
    call.enabled = True
    call.save()
    assert Call.objects.get(pk=call.pk).next_due_at is not None


def test_planning_costs_the_same_however_many_locations(django_assert_max_num_queries):
    call = make_call(locations=[make_location() for _ in range(20)])
    call.interval_seconds = 7
    with django_assert_max_num_queries(10):
        call.save()
    assert {row.cadence for row in places(call).values()} == {f"7~{2 * number}" for number in places(call)}
