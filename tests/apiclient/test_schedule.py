"""Each slot is claimed once, whoever claims; a gap is told, not made up for."""

from collections import Counter
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from apiclient import schedule
from apiclient.cadence import Cadence
from apiclient.catalogue import Failure, MissedBecause
from apiclient.models import Batch, Due, Outcome
from apiclient.models.due import LOOKAHEAD_MS, plan
from apiclient.opening import BATCH_SLOTS, LEASE_GRACE_MS
from apiclient.schedule import BACKLOG_MS, START_GRACE_MS, claim_due, claim_now, take
from apiclient.slot import call_of, due_ms_of, slot_id, to_ms
from tests.builders import make_call, make_location, make_outcome, make_service

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


def reasons():
    return Counter(Outcome.objects.values_list("missed_because", flat=True))


def test_a_call_in_three_locations_has_three_slots_per_interval_each_in_a_batch_of_its_location():
    paris, kyiv = make_location(), make_location()
    call = planned(interval_seconds=10, locations=[paris, kyiv])
    call.locations.add(0)
    Due.objects.filter(call=call).delete()
    plan([call], NOW)
    for second in range(60):
        claim_due(NOW + second * 1000)
    slots = {batch.location_id: [] for batch in Batch.objects.all()}
    for batch in Batch.objects.all():
        slots[batch.location_id] += batch.slots
    assert slots.keys() == {0, paris.pk, kyiv.pk}
    grids = {number: {due_ms_of(slot) - 2 * number for slot in those} for number, those in slots.items()}
    # Not the first and last moments, between which and their neighbours the ends of the span may lie.
    grids = {number: {ms for ms in those if NOW + 5_000 <= ms < NOW + 55_000} for number, those in grids.items()}
    assert grids[0] == grids[paris.pk] == grids[kyiv.pk] and len(grids[0]) == 5
    every = [slot for those in slots.values() for slot in those]
    assert len(every) == len(set(every)) >= 15


def test_a_run_on_demand_takes_the_first_location():
    paris, kyiv = make_location(), make_location()
    call = planned(locations=[kyiv, paris])
    claim_now(call, NOW)
    assert Batch.objects.get().location_id == min(paris.pk, kyiv.pk)
    assert take(Batch.objects.get().pk, NOW).location_id == min(paris.pk, kyiv.pk)


def test_a_batch_is_announced_where_its_location_listens():
    paris = make_location(name="Paris")
    batches = [claim_now(call, NOW)[0] for call in (planned(), planned(locations=[paris]))]
    assert schedule.queues(batches) == {batches[0]: "answerback", batches[1]: "answerback.paris"}
    assert schedule.queues([]) == {}


def test_only_batches_of_the_locations_asked_for_are_offered():
    paris = make_location()
    default, elsewhere = (claim_now(call, NOW)[0] for call in (planned(), planned(locations=[paris])))
    assert schedule.waiting(10, {0}) == [default]
    assert schedule.waiting(10, {0, paris.pk}) == [default, elsewhere]
    assert schedule.waiting(10, set()) == []


def test_a_slot_nobody_claimed_in_time_says_so():
    call = planned(interval_seconds=10)
    claim_due(Due.objects.get(call=call).due_ms + 300_000)
    assert reasons() == {MissedBecause.UNCLAIMED: 30}


def crowd(location_id, batches):
    Batch.objects.bulk_create(
        Batch(slots=[], created_ms=NOW, lease_ms=1, location_id=location_id) for _ in range(batches)
    )


def test_where_too_many_batches_wait_no_more_are_made_and_elsewhere_all_goes_on(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_WAITING", 10)
    paris, service = make_location(), make_service()
    full, free = planned(service=service, interval_seconds=1, locations=[paris]), planned(service=service)
    for call in (full, free):
        due_at(call, NOW)
    crowd(paris.pk, 10)
    claim_due(NOW)
    assert [slot for slot in claimed() if call_of(slot) == full.pk] == []
    assert [call_of(slot) for slot in claimed()] == [free.pk]
    assert Due.objects.get(call=full).due_ms == NOW


def test_what_cannot_be_claimed_for_too_long_is_missed_since_no_worker_was_free(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_WAITING", 10)
    call = planned(interval_seconds=1)
    first = Due.objects.get(call=call).due_ms
    crowd(0, 10)
    for second in range(120):
        claim_due(first + second * 1000)
    assert claimed() == []
    following = Due.objects.get(call=call).due_ms
    assert Outcome.objects.count() == call.cadence.count_between(call.pk, first, following)
    assert first + 119_000 - START_GRACE_MS <= following
    assert reasons() == {MissedBecause.NO_FREE_WORKER: Outcome.objects.count()}


def test_once_there_is_room_claims_go_on_where_they_stopped(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_WAITING", 10)
    call = planned(interval_seconds=1)
    first = Due.objects.get(call=call).due_ms
    crowd(0, 10)
    now = first + 9_500
    claim_due(now)
    assert claimed() == [] and not Outcome.objects.exists()
    Batch.objects.filter(pk=Batch.objects.first().pk).delete()
    claim_due(now)
    run, missed = (
        sorted(map(due_ms_of, claimed())),
        sorted(map(due_ms_of, Outcome.objects.values_list("pk", flat=True))),
    )
    assert missed + run == list(range(first, first + 1000 * (len(run) + len(missed)), 1000))
    assert min(run) >= now - BACKLOG_MS
    assert reasons() == {MissedBecause.NO_FREE_WORKER: len(missed)}


def test_batches_stay_bounded_however_long_nobody_works(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_WAITING", 5)
    call = planned(interval_seconds=1)
    first = Due.objects.get(call=call).due_ms
    most = 0
    for second in range(200):
        claim_due(first + second * 1000)
        most = max(most, Batch.objects.count())
    assert most <= 6
    until = Due.objects.get(call=call).due_ms
    assert Outcome.objects.count() + len(claimed()) == call.cadence.count_between(call.pk, first, until)
