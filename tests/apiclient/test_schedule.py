"""Each slot is claimed once, whoever claims; a gap is told, not made up for."""

from collections import Counter
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from apiclient import schedule
from apiclient.cadence import Cadence
from apiclient.catalogue import Failure
from apiclient.models import Batch, Due, Outcome
from apiclient.models.due import LOOKAHEAD_MS, plan
from apiclient.schedule import BACKLOG_MS, BATCH_SLOTS, LEASE_GRACE_MS, START_GRACE_MS, claim_due, claim_now, take
from apiclient.slot import call_of, due_ms_of, slot_id, to_ms
from tests.builders import make_call, make_outcome, make_service

NOW = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
pytestmark = pytest.mark.django_db


def due_at(call, ms):
    Due.objects.filter(call=call).update(due_ms=ms, since_ms=ms)


def planned(now_ms=NOW, **fields):
    """A call as if it had been configured at ``now_ms``."""
    call = make_call(**fields)
    Due.objects.filter(call=call).delete()
    with transaction.atomic():
        plan([call], now_ms)
    return call


def claimed():
    return [slot for slots in Batch.objects.values_list("slots", flat=True) for slot in slots]


def test_every_slot_is_claimed_once_tick_by_tick():
    calls = [planned(interval_seconds=seconds) for seconds in (1, 2, 7, 60)]
    firsts = {call.pk: Due.objects.get(call=call).due_ms for call in calls}
    for second in range(120):
        claim_due(NOW + second * 1000)
        claim_due(NOW + second * 1000)  # a second beat
    slots = claimed()
    assert len(slots) == len(set(slots))
    until = NOW + 119_000 + LOOKAHEAD_MS + 1
    for call in calls:
        mine = sum(call_of(slot) == call.pk for slot in slots)
        assert mine == call.cadence.count_between(call.pk, firsts[call.pk], until)
    assert not Outcome.objects.exists()


def test_a_slot_is_claimed_a_moment_before_it_is_due():
    call = planned(interval_seconds=60)
    due = Due.objects.get(call=call).due_ms
    assert claim_due(due - LOOKAHEAD_MS - 1) == []
    assert len(claim_due(due - LOOKAHEAD_MS)) == 1
    assert claimed() == [slot_id(due, call.pk)]
    assert Due.objects.get(call=call).due_ms == due + 60_000


def test_after_a_gap_slots_are_missed_and_one_runs():
    call = planned(interval_seconds=10)
    first = Due.objects.get(call=call).due_ms
    claim_due(first + 600_000 + 5_000)
    assert [due_ms_of(slot) for slot in claimed()] == [first + 600_000]
    missed = Outcome.objects.order_by("id")
    assert [due_ms_of(row.pk) for row in missed] == [first + 10_000 * n for n in range(60)]
    assert {(row.failure, row.status_code, row.lag_ms) for row in missed} == {(Failure.MISSED, None, None)}


def test_a_slot_older_than_the_grace_is_missed_even_if_it_is_the_newest():
    call = planned(interval_seconds=3600)
    first = Due.objects.get(call=call).due_ms
    assert claim_due(first + START_GRACE_MS + 1) == []
    assert Outcome.objects.get().failure == Failure.MISSED
    assert Due.objects.get(call=call).due_ms == first + 3_600_000


def test_a_short_stall_runs_its_backlog_and_nothing_older():
    call = planned(interval_seconds=1)
    first = Due.objects.get(call=call).due_ms
    now = first + 10_000
    claim_due(now)
    run = sorted(map(due_ms_of, claimed()))
    assert run[0] == now - BACKLOG_MS
    assert run[-1] <= now + LOOKAHEAD_MS
    assert len(run) + Outcome.objects.count() == call.cadence.count_between(call.pk, first, now + LOOKAHEAD_MS + 1)


def test_a_gap_of_more_slots_than_one_claim_takes_runs_late_only_once(monkeypatch):
    monkeypatch.setattr(schedule, "CLAIM_SLOTS_PER_CALL", 50)
    call = planned(interval_seconds=1)
    first = Due.objects.get(call=call).due_ms
    now = first + 70_500
    for _ in range(4):
        claim_due(now)
    assert min(map(due_ms_of, claimed())) >= now - BACKLOG_MS
    assert len(claimed()) + Outcome.objects.count() == 73


def test_a_gap_of_many_calls_is_recorded_in_portions(monkeypatch):
    monkeypatch.setattr(schedule, "CLAIM_MISSED", 100)
    service = make_service()
    calls = [planned(service=service, interval_seconds=10) for _ in range(5)]
    now = NOW + 1_000_000
    claim_due(now)
    assert 100 <= Outcome.objects.count() < 300
    for _ in range(5):
        claim_due(now)
    for call in calls:
        mine = Outcome.objects.filter(call=call).count() + sum(call_of(slot) == call.pk for slot in claimed())
        assert mine == call.cadence.count_between(call.pk, NOW + LOOKAHEAD_MS + 1, now + LOOKAHEAD_MS + 1)


def test_batches_hold_calls_of_like_timeouts_and_so_many_slots():
    service = make_service()
    for timeout_ms in [1_000] * (BATCH_SLOTS + 5) + [60_000] * 3:
        call = make_call(service, timeout_ms=timeout_ms, interval_seconds=2_592_000)
        due_at(call, NOW)
    claim_due(NOW)
    sizes = Counter((len(batch.slots), batch.lease_ms) for batch in Batch.objects.all())
    short, long = LOOKAHEAD_MS + 5_000 + LEASE_GRACE_MS, LOOKAHEAD_MS + 65_000 + LEASE_GRACE_MS
    assert sizes == {(BATCH_SLOTS, short): 1, (5, short): 1, (3, long): 1}


def test_a_claim_costs_as_many_queries_for_many_calls_as_for_one(django_assert_max_num_queries):
    service = make_service()
    for _ in range(40):
        due_at(make_call(service), NOW)
    with django_assert_max_num_queries(45 if connection.vendor == "sqlite" else 6):
        claim_due(NOW)


def test_a_lease_is_taken_once():
    call = planned()
    batch_id, slot = claim_now(call, NOW)
    lease = take(batch_id, NOW)
    assert lease and (lease.slots, lease.nth) == ([slot], 1)
    assert take(batch_id, NOW) is None
    batch = Batch.objects.get()
    assert (batch.token, batch.lease_until_ms) == (lease.token, NOW + batch.lease_ms)
    assert take(batch_id + 1, NOW) is None


def test_runs_on_demand_at_one_moment_take_different_slots():
    call = planned(interval_seconds=1)
    slots = [claim_now(call, NOW)[1] for _ in range(5)]
    make_outcome(call, due_at=datetime(2026, 3, 4, 12, 0, 0, 11_000, tzinfo=UTC))
    slots.append(claim_now(call, NOW)[1])
    assert [due_ms_of(slot) - NOW for slot in slots] == [1, 3, 5, 7, 9, 13]
    assert all(not call.cadence.has(call.pk, due_ms_of(slot)) for slot in slots)


def test_a_paused_call_is_not_claimed_and_can_be_run_by_hand():
    call = planned(interval_seconds=1)
    call.enabled = False
    call.save()
    assert claim_due(NOW + 10**9) == []
    assert not Outcome.objects.exists()
    assert claim_now(call, NOW)[0]


def test_a_call_paused_and_resumed_is_not_claimed_twice_for_one_slot(monkeypatch):
    call = planned(interval_seconds=1)
    claim_due(NOW + 5_000)
    for enabled in (False, True):
        call.enabled = enabled
        plan([call], NOW + 5_000)
    claim_due(NOW + 5_000)
    claim_due(NOW + 6_000)
    slots = claimed()
    assert len(slots) == len(set(slots))


def test_cron_slots_are_claimed_in_their_time_zone():
    call = planned(interval_seconds=None, cron="30 14 * * *", time_zone="Europe/Kyiv")
    wanted = to_ms(datetime(2026, 3, 4, 12, 30, tzinfo=UTC))
    assert Due.objects.get(call=call).due_ms == wanted
    claim_due(wanted)
    assert claimed() == [slot_id(wanted, call.pk)]
    assert Due.objects.get(call=call).due_ms == wanted + 86_400_000


def test_the_next_slot_follows_a_truncated_list():
    cadence = Cadence(1)
    found, following = schedule.due_slots(cadence, 1, cadence.next_slot(1, NOW), NOW + 10_000_000)
    assert len(found) == schedule.CLAIM_SLOTS_PER_CALL
    assert following == found[-1] + 1000


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_claims_at_once_share_the_slots():
    service = make_service()
    for _ in range(300):
        due_at(make_call(service, interval_seconds=2_592_000), NOW)
    barrier, problems = Barrier(4), []

    def claim():
        barrier.wait()
        try:
            for _ in range(3):
                claim_due(NOW)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    slots = claimed()
    assert len(slots) == len(set(slots)) == 300


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_one_of_many_takes_the_lease():
    batch_id, _ = claim_now(planned(), NOW)
    barrier, taken = Barrier(6), []

    def one():
        barrier.wait()
        taken.append(take(batch_id, NOW))
        connection.close()

    threads = [Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(lease is not None for lease in taken) == 1
