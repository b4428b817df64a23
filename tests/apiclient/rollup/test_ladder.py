"""Spans are closed when nothing can come any more, and what comes all the same is counted too."""

import pytest
from django.db import connection, transaction

from apiclient import rollup
from apiclient.models import Batch, Call, Due, Outcome, Rollup, Step
from apiclient.models.rollup import Closed
from apiclient.rollup import close, closed_until_s, fold
from apiclient.rollup.closed import Bounds
from apiclient.rollup.ladder import CLOSE_AFTER_MS, count_calls
from apiclient.slot import slot_id
from tests.builders import make_call, make_service, write
from tests.noon import DAY, HOUR, MINUTE, NOON, at_once, clean, filled, late, on_demand, outcome, sums

QUARTER = 15 * MINUTE
AFTER = NOON + QUARTER + CLOSE_AFTER_MS
START = NOON // 1000
pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


@pytest.fixture
def call():
    return on_demand()


def test_a_quarter_hour_is_closed_a_minute_after_its_end(call):
    outcome(call, 0)
    outcome(call, QUARTER - 2, 404)
    assert close(AFTER - 1) == 0
    assert close(AFTER) == 1
    assert closed_until_s() == START + 900
    codes = [(START, 0, 200, 1), (START, 0, 404, 1)]
    assert sums(step=Step.QUARTER, call=None, service=call.service) == codes
    assert sums(step=Step.QUARTER, service=None) == codes
    assert sums(step=Step.QUARTER, call=call) == [(START, call.pk, 200, 1), (START, call.pk, 404, 1)]
    assert close(AFTER) == 0
    assert clean()


@pytest.mark.parametrize(
    ("step", "end"), [(Step.HOUR, HOUR), (Step.SIX_HOURS, 6 * HOUR), (Step.DAY, 12 * HOUR)], ids=["hour", "six", "day"]
)
def test_a_longer_span_is_made_with_the_last_quarter_hour_of_it(call, step, end):
    filled(call, 20)
    close(NOON + end + CLOSE_AFTER_MS - 1)
    assert not Rollup.objects.filter(step=step).exists()
    close(NOON + end + CLOSE_AFTER_MS)
    for which in ({"call": call}, {"call": None, "service": call.service}, {"service": None}):
        assert sum(cell[3] for cell in sums(step=step, **which)) == 5 * end // HOUR
    assert clean()


def test_nothing_to_close_without_outcomes():
    assert close(AFTER) == 0
    assert not Closed.objects.exists()


def test_spans_without_outcomes_are_closed_in_one_go(call):
    outcome(call, 0)
    outcome(call, 50 * HOUR)
    assert close(AFTER + 50 * HOUR) == 3
    assert len(sums(step=Step.DAY, service=None)) == 1
    assert clean()
    assert close(AFTER + 300 * HOUR) == 1
    assert len(sums(step=Step.DAY, service=None)) == 2
    assert clean()


def test_a_span_with_an_open_slot_is_not_closed(call):
    outcome(call, 0)
    batch = Batch.objects.create(slots=[slot_id(NOON + 10, call.pk)], created_ms=NOON, lease_ms=1)
    assert close(AFTER) == 0
    batch.delete()
    assert close(AFTER) == 1


def test_a_span_with_an_unclaimed_slot_is_not_closed(call):
    outcome(call, 0)
    due = make_call().dues.get()
    Due.objects.filter(pk=due.pk).update(due_ms=NOON + 10)
    assert close(AFTER) == 0
    Due.objects.filter(pk=due.pk).update(due_ms=NOON + QUARTER)
    assert close(AFTER) == 1


@pytest.mark.parametrize("closed_hours", [0.25, 1, 7, 40])
def test_an_outcome_that_comes_late_recounts_its_spans_in_its_own_transaction(call, closed_hours):
    same, other = on_demand(call.service), on_demand()
    for one in (call, same, other):
        filled(one, 2)
    close(NOON + int(closed_hours * HOUR) + CLOSE_AFTER_MS)
    outcome(call, 20, 500)
    assert (START, call.pk, 500, 1) in sums(step=Step.QUARTER)
    assert sum(cell[3] for cell in sums(step=Step.QUARTER, service=None, start_s=START)) == 16
    assert clean()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write([late(call, 30)])
        _ = 1 / 0
    assert clean()


def test_an_outcome_older_than_all_that_is_closed_is_counted(call):
    outcome(call, 0)
    close(AFTER)
    outcome(call, -5 * HOUR, 404)
    assert clean()
    assert (START - 5 * 3600, call.pk, 404, 1) in sums(step=Step.HOUR)


def test_a_span_closed_between_two_looks_lets_the_writer_try_again(call, monkeypatch):
    outcome(call, 0)
    close(AFTER)
    answers = iter([Bounds(0, 0)])
    monkeypatch.setattr("apiclient.rollup.closed.bounds", lambda after="": next(answers, Bounds(START + 900, 0)))
    with pytest.raises(rollup.ClosedMeanwhile):
        write([late(call, 40)])
    monkeypatch.undo()
    assert Outcome.objects.count() == 1
    write([late(call, 40)])
    assert clean()


def test_late_outcomes_of_many_spans_and_services_are_counted_at_once(call):
    other = make_call()
    for number in range(8):
        outcome(call, number * 900)
    close(AFTER + 8 * HOUR)
    lates = [late(one, number * 900 + 40 + one.pk) for one in (call, other) for number in range(8)]
    write(lates)
    assert clean()
    assert sum(count for *_, count in sums(step=Step.DAY)) in (0, 24 * 3)


def test_a_span_that_grew_while_it_was_counted_is_left_for_the_next_time(call, monkeypatch):
    outcome(call, 0)
    real = count_calls

    def slow(step, start_s, call_ids=None):
        counted = real(step, start_s, call_ids)
        monkeypatch.undo()
        outcome(call, 50)
        return counted

    monkeypatch.setattr("apiclient.rollup.ladder.count_calls", slow)
    assert close(AFTER) == 0
    assert close(AFTER) == 1
    assert clean()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_writers_closers_folding_thinning_and_deleting_at_once_end_with_true_counts():
    service = make_service()
    calls = [on_demand(service) for _ in range(4)]
    for n in range(20):
        outcome(calls[n % 4], n * 60_000 + 2)
    close(AFTER)

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
    works += [lambda: [close(AFTER + 13 * HOUR) for _ in range(5)]] * 2
    works += [lambda: [fold(AFTER + HOUR) for _ in range(5)]]
    works += [lambda: [rollup.thin(NOON + (7 + n) * DAY) for n in range(2)]]
    works += [Call.objects.get(pk=calls[3].pk).delete]
    assert at_once(*works) == []
    assert set(Outcome.objects.values_list("call", flat=True)) == {call.pk for call in calls[:3]}
    close(AFTER + 13 * HOUR)
    assert Rollup.objects.filter(step=Step.DAY).exists()
    assert clean()
