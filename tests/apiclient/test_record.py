"""Outcomes, texts, counts and the batch's release come together or not at all, and only under a held lease."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apiclient import record, rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.http import Exchange, Phases, Request
from apiclient.models import Batch, Call, Message, Outcome, OutcomeDetail, Rollup
from apiclient.record import Finished
from apiclient.schedule import claim_now, take
from apiclient.slot import slot_id, to_ms
from apiclient.verify import differences
from tests.builders import make_call, make_service, write

NOW = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
pytestmark = pytest.mark.django_db


def finished(slot, call, code=500, body=b"disk full", **fields):
    exchange = Exchange(status_code=code, body=body, phases=Phases(total=7_000, wait=7_000), body_bytes=len(body))
    request = Request(call.method, call.url)
    return Finished(slot, call.service_id, exchange, Verdict.FAILED, 4, request, **fields)


@pytest.fixture
def call():
    return make_call(interval_seconds=None)


@pytest.fixture
def lease(call):
    """A taken batch with three slots."""
    slots = [slot_id(NOW + 2 * n, call.pk) for n in range(3)]
    batch = Batch.objects.create(slots=slots, created_ms=NOW, lease_ms=20_000)
    return take(batch.pk, NOW)


def flush(lease, *some):
    return record.save({(lease.batch_id, lease.token): some})


def test_one_flush_stores_everything_about_an_outcome(call, lease):
    assert flush(lease, finished(lease.slots[0], call)) == 1
    outcome = Outcome.objects.get()
    assert (outcome.pk, outcome.call_id, outcome.lag_ms, outcome.status_code) == (lease.slots[0], call.pk, 4, 500)
    assert (outcome.total_us, outcome.wait_us, outcome.body_bytes, outcome.failure) == (7_000, 7_000, 9, None)
    assert OutcomeDetail.objects.get().message == Message.objects.get()
    assert Rollup.objects.get().count == 1
    assert Batch.objects.get().slots == lease.slots[1:]
    assert list(differences(NOW)) == []


def test_the_last_slot_ends_the_batch(call, lease):
    flush(lease, *(finished(slot, call) for slot in lease.slots))
    assert not Batch.objects.exists()
    assert Rollup.objects.get().count == 3


def test_a_lease_that_passed_on_records_nothing(call, lease):
    stale = {(lease.batch_id, lease.token + 1): [finished(lease.slots[0], call)]}
    assert record.save(stale) == 0
    assert not Outcome.objects.exists() and not Rollup.objects.exists()
    assert Batch.objects.get().slots == lease.slots


def test_a_waiting_batch_takes_nothing(call):
    batch_id, slot = claim_now(call, NOW)
    assert record.save({(batch_id, 0): [finished(slot, call)]}) == 0


def test_a_flush_delivered_again_changes_nothing(call, lease):
    flush(lease, finished(lease.slots[0], call, 500))
    before = list(Outcome.objects.values())
    assert flush(lease, finished(lease.slots[0], call, 200)) == 0
    assert list(Outcome.objects.values()) == before
    assert Rollup.objects.get().count == 1


def test_a_slot_that_is_there_already_stays_and_is_struck_off(call, lease):
    write([record.missed(lease.slots[0], call.service_id)])
    assert flush(lease, finished(lease.slots[0], call), finished(lease.slots[1], call)) == 1
    assert Outcome.objects.get(pk=lease.slots[0]).failure == Failure.MISSED
    assert Batch.objects.get().slots == lease.slots[2:]
    assert list(differences(NOW)) == []


def test_a_slot_twice_in_one_flush_counts_once(call, lease):
    assert flush(lease, finished(lease.slots[0], call, 500), finished(lease.slots[0], call, 404)) == 1
    assert Outcome.objects.get().status_code == 500
    assert Rollup.objects.get().count == 1


def test_a_slot_of_another_batch_is_not_recorded(call, lease):
    other = slot_id(NOW + 1_000, call.pk)
    assert flush(lease, finished(other, call)) == 0


def test_a_failure_in_the_middle_leaves_nothing(call, lease, monkeypatch):
    def fail(cells):
        raise DatabaseError("no space left")

    monkeypatch.setattr(rollup, "insert", fail)
    with pytest.raises(DatabaseError):
        flush(lease, finished(lease.slots[0], call))
    monkeypatch.undo()
    for model in (Outcome, OutcomeDetail, Message, Rollup):
        assert not model.objects.exists()
    assert Batch.objects.get().slots == lease.slots


def test_one_flush_may_hold_answers_of_many_batches(call):
    leases = [take(claim_now(call, NOW)[0], NOW) for _ in range(3)]
    both = {(lease.batch_id, lease.token): [finished(lease.slots[0], call)] for lease in leases[:2]}
    both[leases[2].batch_id, leases[2].token + 1] = [finished(leases[2].slots[0], call)]
    assert record.save(both) == 2
    assert list(Batch.objects.values_list("pk", flat=True)) == [leases[2].batch_id]


def test_outcomes_of_a_call_that_is_gone_are_left_out(call, lease):
    other = make_call(make_service(), interval_seconds=None)
    slot = slot_id(NOW, other.pk)
    Batch.objects.filter(pk=lease.batch_id).update(slots=[*lease.slots, slot])
    answers = [finished(lease.slots[0], call), finished(slot, other)]
    Call.objects.get(pk=call.pk).delete()
    assert flush(lease, *answers) == 1
    assert Outcome.objects.get().pk == slot
    assert list(differences(NOW)) == []


def test_a_flush_costs_the_same_queries_for_many_answers(call):
    def queries(count):
        slots = [slot_id(NOW + 60_000 * count + 2 * n, call.pk) for n in range(count)]
        lease = take(Batch.objects.create(slots=slots, created_ms=NOW, lease_ms=20_000).pk, NOW)
        with CaptureQueriesContext(connection) as captured:
            flush(lease, *(finished(slot, call, 200 + n % 50) for n, slot in enumerate(slots)))
        return len(captured)

    few, many = queries(20), queries(200)
    assert many <= few + (180 if connection.vendor == "sqlite" else 1)  # SQLite's executemany is told row by row


def test_messages_are_grouped_across_flushes_and_first_and_last_seen_kept(call):
    for minutes, number in ((0, 17), (5, 18), (2, 19)):
        slot = slot_id(NOW + minutes * 60_000, call.pk)
        write([finished(slot, call, body=b"timeout after %d ms" % number)])
    message = Message.objects.get()
    start = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert (message.first_seen, message.last_seen) == (start, start + timedelta(minutes=5))
    assert message.text == "timeout after 17 ms"
    assert message.details.count() == 3


def test_write_wants_a_transaction_that_its_caller_ends(call):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record.write([finished(slot_id(NOW, call.pk), call)])
        _ = 1 / 0
    assert not Outcome.objects.exists()


def test_nothing_finished_is_nothing_written():
    assert record.write([]) == (set(), set())
    assert record.save({}) == 0
