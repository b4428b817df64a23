"""What a lost worker held is run again once where that is safe, and ends as worker lost or missed where not."""

from datetime import UTC, datetime

import pytest

from apiclient import record
from apiclient.catalogue import Failure, MissedBecause, Verdict
from apiclient.http import Exchange
from apiclient.models import Batch, Outcome
from apiclient.reap import UNHEARD_MS, reap
from apiclient.record import Finished
from apiclient.schedule import START_GRACE_MS, claim_now, take
from apiclient.slot import slot_id, to_ms
from apiclient.verify import differences
from tests.builders import make_call, make_location, make_service

NOW = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
pytestmark = pytest.mark.django_db


def lease_end(batch_id):
    return Batch.objects.get(pk=batch_id).lease_until_ms


def failures():
    return [Failure(number) for number in Outcome.objects.values_list("failure", flat=True)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_call_safe_to_repeat_runs_once_more_and_is_then_lost(method):
    call = make_call(method=method, interval_seconds=None)
    batch_id, slot = claim_now(call, NOW)
    first = take(batch_id, NOW)
    end = lease_end(batch_id)
    assert reap(end) == []
    assert reap(end + 1) == [batch_id]
    second = take(batch_id, end + 10)
    assert (second.nth, second.slots) == (2, [slot]) and second.token != first.token
    answer = Finished(slot, call.service_id, Exchange(status_code=200), Verdict.PASSED, 1)
    assert record.save({(batch_id, first.token): [answer]}) == 0
    assert reap(lease_end(batch_id) + 1) == []
    assert failures() == [Failure.WORKER_LOST]
    assert not Batch.objects.exists()
    assert list(differences(NOW)) == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_call_not_safe_to_repeat_is_lost_at_once(method):
    batch_id, slot = claim_now(make_call(method=method, interval_seconds=None), NOW)
    take(batch_id, NOW)
    assert reap(lease_end(batch_id) + 1) == []
    assert Outcome.objects.get().pk == slot
    assert failures() == [Failure.WORKER_LOST]
    assert not Batch.objects.exists()


def test_a_mixed_batch_is_parted():
    service = make_service()
    get, post = make_call(service, interval_seconds=None), make_call(service, method="POST", interval_seconds=None)
    slots = [slot_id(NOW, get.pk), slot_id(NOW, post.pk)]
    batch = Batch.objects.create(slots=slots, created_ms=NOW, lease_ms=10_000)
    take(batch.pk, NOW)
    assert reap(NOW + 10_001) == [batch.pk]
    assert Batch.objects.get().slots == slots[:1]
    assert Outcome.objects.get().pk == slots[1]


def test_a_batch_nobody_heard_of_is_rung_again_and_then_given_up_as_missed():
    batch_id, _ = claim_now(make_call(interval_seconds=None), NOW)
    assert reap(NOW + UNHEARD_MS) == []
    assert reap(NOW + UNHEARD_MS + 1) == [batch_id]
    assert reap(NOW + START_GRACE_MS) == [batch_id]
    assert reap(NOW + START_GRACE_MS + 1) == []
    assert failures() == [Failure.MISSED]
    assert not Batch.objects.exists()


def test_a_second_chance_that_nobody_takes_ends_as_worker_lost():
    batch_id, _ = claim_now(make_call(interval_seconds=None), NOW)
    take(batch_id, NOW)
    released = lease_end(batch_id) + 1
    reap(released)
    reap(released + START_GRACE_MS + 1)
    assert failures() == [Failure.WORKER_LOST]


def test_slots_of_a_deleted_call_leave_the_batch_without_a_trace():
    call, other = make_call(interval_seconds=None), make_call(interval_seconds=None, method="POST")
    slots = [slot_id(NOW, call.pk), slot_id(NOW, other.pk)]
    batch = Batch.objects.create(slots=slots, created_ms=NOW, lease_ms=10_000)
    take(batch.pk, NOW)
    call.delete()
    reap(NOW + 10_001)
    assert [row.pk for row in Outcome.objects.all()] == slots[1:]
    assert not Batch.objects.exists()


def test_a_batch_of_deleted_calls_alone_goes():
    call = make_call(interval_seconds=None)
    take(claim_now(call, NOW)[0], NOW)
    call.delete()
    reap(NOW + 10**6)
    assert not Batch.objects.exists() and not Outcome.objects.exists()


def test_many_lost_batches_cost_few_queries(django_assert_max_num_queries):
    service = make_service()
    for _ in range(30):
        take(claim_now(make_call(service, interval_seconds=None), NOW)[0], NOW)
    with django_assert_max_num_queries(20):
        assert len(reap(NOW + 10**6)) == 30


def test_what_was_given_up_says_where_and_that_no_worker_was_free():
    paris = make_location()
    calls = [make_call(interval_seconds=None, locations=[paris], method=method) for method in ("GET", "POST")]
    batches = [claim_now(call, NOW)[0] for call in calls]
    take(batches[1], NOW)
    reap(NOW + 10**6)
    waited, lost = (Outcome.objects.get(call=call) for call in calls)
    assert (waited.location_id, waited.missed_because) == (paris.pk, MissedBecause.NO_FREE_WORKER)
    assert (lost.location_id, lost.missed_because, lost.failure) == (paris.pk, None, Failure.WORKER_LOST)
