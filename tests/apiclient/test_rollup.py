"""Hours are closed when nothing can come any more, and what comes all the same is counted too."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from apiclient import rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.http import Exchange, Phases
from apiclient.models import Batch, Call, Due, Outcome, OutcomeDetail, Rollup, Step
from apiclient.models.rollup import Closed
from apiclient.record import Finished
from apiclient.rollup import CLOSE_AFTER_MS, FOLD_AFTER_S, close_hours, closed_until_s, fold
from apiclient.slot import from_ms, slot_id, to_ms
from apiclient.verify import differences
from tests.builders import make_call, make_outcome, make_service, write

HOUR = 3_600_000
NOON = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
AFTER = NOON + HOUR + CLOSE_AFTER_MS
pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


def sums(**where):
    cells = Rollup.objects.filter(**where)
    return sorted((cell.start_s, cell.call_id or 0, cell.status_code or 0, cell.count) for cell in cells)


def outcome(call, after_ms, code=200, **fields):
    return make_outcome(call, code, due_at=from_ms(NOON + after_ms), **fields)


def clean():
    return list(differences(NOON + 100 * HOUR)) == []


@pytest.fixture
def call():
    return make_call(interval_seconds=None)


def test_an_hour_is_closed_a_minute_after_its_end(call):
    outcome(call, 0)
    outcome(call, HOUR - 2, 404)
    assert close_hours(AFTER - 1) == 0
    assert close_hours(AFTER) == 1
    assert closed_until_s() == (NOON + HOUR) // 1000
    start = NOON // 1000
    hour = [(start, 0, 200, 1), (start, 0, 404, 1), (start, call.pk, 200, 1), (start, call.pk, 404, 1)]
    assert sums(step=Step.HOUR) == hour
    assert close_hours(AFTER) == 0
    assert clean()


def test_nothing_to_close_without_outcomes():
    assert close_hours(AFTER) == 0
    assert not Closed.objects.exists()


def test_hours_without_outcomes_are_closed_on_the_way(call):
    outcome(call, 0)
    outcome(call, 5 * HOUR)
    assert close_hours(AFTER + 5 * HOUR) == 6
    assert clean()


def test_an_hour_with_an_open_slot_is_not_closed(call):
    outcome(call, 0)
    batch = Batch.objects.create(slots=[slot_id(NOON + 10, call.pk)], created_ms=NOON, lease_ms=1)
    assert close_hours(AFTER) == 0
    batch.delete()
    assert close_hours(AFTER) == 1


def test_an_hour_with_an_unclaimed_slot_is_not_closed(call):
    outcome(call, 0)
    due = make_call().dues.get()
    Due.objects.filter(pk=due.pk).update(due_ms=NOON + 10)
    assert close_hours(AFTER) == 0
    Due.objects.filter(pk=due.pk).update(due_ms=NOON + HOUR)
    assert close_hours(AFTER) == 1


def test_an_outcome_that_comes_late_recounts_its_hour_in_its_own_transaction(call):
    other = make_call(call.service, interval_seconds=None)
    outcome(call, 0)
    outcome(other, 10)
    close_hours(AFTER)
    outcome(call, 20, 500)
    start = NOON // 1000
    assert (start, call.pk, 500, 1) in sums(step=Step.HOUR)
    assert sum(cell[3] for cell in sums(step=Step.HOUR, call__isnull=True)) == 3
    assert clean()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write([late(call, 30)])
        _ = 1 / 0
    assert clean()


def test_an_outcome_older_than_the_first_closed_hour_is_counted(call):
    outcome(call, 0)
    close_hours(AFTER)
    outcome(call, -5 * HOUR, 404)
    assert clean()
    assert ((NOON - 5 * HOUR) // 1000, call.pk, 404, 1) in sums(step=Step.HOUR)


def late(call, after_ms, code=503):
    exchange = Exchange(status_code=code, phases=Phases(total=5))
    return Finished(slot_id(NOON + after_ms, call.pk), call.service_id, exchange, Verdict.FAILED, 1)


def test_an_hour_closed_between_two_looks_lets_the_writer_try_again(call, monkeypatch):
    outcome(call, 0)
    close_hours(AFTER)
    answers = iter([0])
    monkeypatch.setattr(rollup, "closed_until_s", lambda: next(answers, (NOON + HOUR) // 1000))
    with pytest.raises(rollup.ClosedMeanwhile):
        write([late(call, 40)])
    monkeypatch.undo()
    assert Outcome.objects.count() == 1
    write([late(call, 40)])
    assert clean()


def test_an_hour_that_grew_while_it_was_counted_is_left_for_the_next_time(call, monkeypatch):
    outcome(call, 0)
    real = rollup._count_hour

    def slow(start_s, call_ids=None):
        counted = real(start_s, call_ids)
        monkeypatch.undo()
        outcome(call, 50)
        return counted

    monkeypatch.setattr(rollup, "_count_hour", slow)
    assert close_hours(AFTER) == 0
    assert close_hours(AFTER) == 1
    assert clean()


def test_folding_keeps_sums_and_a_second_fold_does_nothing(call):
    for n in range(6):
        outcome(call, 2 * n, 200 if n % 2 else 500, total_us=10**n)
    outcome(call, 61_000)
    before = sums(step=Step.MINUTE)
    assert len(before) == 7
    now = NOON + (FOLD_AFTER_S + 60) * 1000
    assert fold(now - 60_000) == 0
    assert fold(now) == 4
    assert sums(step=Step.MINUTE) == [
        (NOON // 1000, 0, 200, 3),
        (NOON // 1000, 0, 500, 3),
        (NOON // 1000 + 60, 0, 200, 1),
    ]
    assert clean()
    assert fold(now) == 0
    outcome(call, 30)
    assert fold(now) == 1
    assert clean()


def test_failures_and_codes_are_folded_apart(call):
    for n, failure in enumerate([Failure.DNS, Failure.DNS, Failure.MISSED]):
        outcome(call, 2 * n, None, failure=failure)
    fold(NOON + (FOLD_AFTER_S + 60) * 1000)
    assert sorted(Rollup.objects.values_list("failure", "count")) == [(Failure.DNS, 2), (Failure.MISSED, 1)]


def filled(call):
    for n in range(5):
        outcome(call, 2 * n, total_us=1000 * n)
        outcome(call, HOUR + 2 * n, 500)
        outcome(call, 2 * HOUR + 2 * n, None, failure=Failure.DNS)


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_deleting_a_call_takes_its_outcomes_out_of_every_count(call, folded, closed):
    other = make_call(call.service, interval_seconds=None)
    filled(call)
    filled(other)
    if closed:
        close_hours(AFTER + HOUR)
    if folded:
        fold(NOON + 5 * HOUR)
    gone = call.pk
    call.delete()
    assert not Outcome.objects.filter(call=gone).exists()
    assert not OutcomeDetail.objects.exclude(outcome__in=Outcome.objects.all()).exists()
    assert not Rollup.objects.filter(call=gone).exists()
    assert Outcome.objects.filter(call=other).count() == 15
    assert clean()
    assert sum(Rollup.objects.filter(step=Step.MINUTE).values_list("count", flat=True)) == 15


def test_deleting_the_only_call_leaves_no_cell(call):
    filled(call)
    close_hours(AFTER + HOUR)
    call.delete()
    assert not Rollup.objects.exists()
    assert clean()


def test_deleting_a_service_deletes_all_that_is_its_own():
    service, other = make_service(), make_call(interval_seconds=None)
    for _ in range(2):
        filled(make_call(service, interval_seconds=None))
    filled(other)
    close_hours(AFTER)
    service.delete()
    assert set(Outcome.objects.values_list("call", flat=True)) == {other.pk}
    assert set(Rollup.objects.values_list("service", flat=True)) == {other.service_id}
    assert clean()


def at_once(*works):
    barrier, problems = Barrier(len(works)), []

    def run(work):
        barrier.wait()
        try:
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_folds_at_once_count_nothing_twice():
    call = make_call(interval_seconds=None)
    for n in range(60):
        outcome(call, n * 2 + n % 3 * 60_000)
    now = NOON + 2 * HOUR
    assert at_once(*[lambda: fold(now)] * 4) == []
    assert Rollup.objects.count() == 3
    assert clean()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_writers_closing_folding_and_deleting_at_once_end_with_true_counts():
    service = make_service()
    calls = [make_call(service, interval_seconds=None) for _ in range(4)]
    for n in range(20):
        outcome(calls[n % 4], n * 60_000 + 2)
    close_hours(AFTER)

    def written(number):
        def write_some():
            for n in range(12):
                one = late(calls[number], (n % 2) * HOUR + 1_000 * n + 2 * number)
                for _ in range(50):
                    try:
                        write([one])
                        break
                    except rollup.ClosedMeanwhile:
                        continue

        return write_some

    works = [written(number) for number in range(4)]
    works += [lambda: [close_hours(AFTER + HOUR) for _ in range(5)], lambda: [fold(AFTER + HOUR) for _ in range(5)]]
    works += [Call.objects.get(pk=calls[3].pk).delete]
    assert at_once(*works) == []
    assert set(Outcome.objects.values_list("call", flat=True)) == {call.pk for call in calls[:3]}
    assert clean()
