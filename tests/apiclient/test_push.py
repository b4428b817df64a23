"""Outcomes that other programs tell are judged, counted and stored as our own are: once, and never in our own slots."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apiclient import rollup
from apiclient.catalogue import Verdict
from apiclient.clock import now_ms
from apiclient.models import Message, Outcome, OutcomeDetail, Pruned
from apiclient.models.location import PUSHED
from apiclient.push import Kept, Told, store, store_one
from apiclient.rollup.ladder import CLOSE_AFTER_MS
from apiclient.slot import from_ms, slot_id
from apiclient.submission import Refused, read
from apiclient.verify import differences
from apiclient.vitals import start_lag_ms
from tests.builders import make_answer, make_call, make_location, make_outcome, make_service
from tests.noon import at_once

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
STORED, DUPLICATE = Kept.STORED, Kept.DUPLICATE


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Pay", interval_seconds=None)


def submission(call, ago_ms=MINUTE, at_ms=None, **members):
    started_at = from_ms(now_ms() - ago_ms if at_ms is None else at_ms).isoformat()
    named = {"call": call.pk} if not isinstance(call, dict) else call
    value = named | {"started_at": started_at, "status_code": 200, "timings_ms": {"total": 12.5}} | members
    return read({name: member for name, member in value.items() if member is not None})


def push(*submissions, reach=None):
    return store([Told(one, reach) for one in submissions])


def clean():
    return list(differences(now_ms())) == []


def test_an_outcome_is_stored_as_if_a_worker_had_made_the_call(call):
    at_ms = now_ms() - MINUTE
    phases = {"dns": 1, "connect": 2, "tls": 3, "wait": 4, "total": 12.5}
    assert push(submission(call, at_ms=at_ms, timings_ms=phases)) == [STORED]
    outcome = Outcome.objects.get(pk=slot_id(at_ms, call.pk))
    assert (outcome.status_code, outcome.failure, outcome.judgement) == (200, None, Verdict.PASSED)
    assert (outcome.dns_us, outcome.connect_us, outcome.tls_us, outcome.wait_us) == (1000, 2000, 3000, 4000)
    assert (outcome.total_us, outcome.transfer_us, outcome.location_id) == (12_500, 2_500, PUSHED)
    assert outcome.started_at == from_ms(at_ms)
    assert clean()


def test_the_expectation_of_the_call_judges(call):
    other = make_call(expected_codes="401", slow_after_ms=100, interval_seconds=None)
    at_ms = now_ms() - MINUTE
    push(
        submission(other, at_ms=at_ms, status_code=401),
        submission(other, at_ms=at_ms + 1, status_code=401, timings_ms={"total": 101}),
        submission(other, at_ms=at_ms + 2),
        submission(call, at_ms=at_ms + 3, status_code=None, failure="dns"),
    )
    verdicts = [Verdict(verdict) for verdict in Outcome.objects.order_by("pk").values_list("verdict", flat=True)]
    assert verdicts == [Verdict.PASSED, Verdict.DEGRADED, Verdict.FAILED, Verdict.FAILED]
    assert clean()


def test_the_reference_and_the_limit_of_the_call_judge(call):
    make_answer(call=call, codes="204", kind="error")
    make_answer(service=call.service, codes="404", kind="success")
    call.fail_after_ms = 50
    call.save()
    for ago, code, total in ((1, 204, 9), (2, 404, 9), (3, 404, 51), (4, 200, 9)):
        push(submission(call, ago_ms=ago * MINUTE, status_code=code, timings_ms={"total": total}))
    verdicts = Outcome.objects.order_by("-pk").values_list("verdict", flat=True)
    assert list(verdicts) == [Verdict.FAILED, Verdict.PASSED, Verdict.FAILED, Verdict.PASSED]


def test_what_is_told_again_is_a_duplicate(call):
    one = submission(call)
    assert push(one, one) == [STORED, DUPLICATE]
    assert push(one) == [DUPLICATE]
    assert push(submission(call, at_ms=one.started_ms, status_code=500)) == [DUPLICATE]
    assert Outcome.objects.get().status_code == 200
    assert clean()


def test_many_of_which_some_are_there_already(call):
    at_ms = now_ms() - MINUTE
    push(*(submission(call, at_ms=at_ms + n) for n in range(0, 60, 2)))
    results = push(*(submission(call, at_ms=at_ms + n) for n in reversed(range(60))))
    assert [results.count(result) for result in (STORED, DUPLICATE)] == [30, 30]
    assert results[-1] is DUPLICATE
    assert Outcome.objects.count() == 60
    assert clean()


def test_the_slugs_name_the_call(call):
    other = make_call(call.service, name="Refund", interval_seconds=None)
    named = {"service": "shop", "call": "refund"}
    assert push(submission(named), submission(call, ago_ms=2 * MINUTE)) == [STORED, STORED]
    assert set(Outcome.objects.values_list("call_id", flat=True)) == {call.pk, other.pk}


@pytest.mark.parametrize("named", [{"call": 4_000_000}, {"service": "shop", "call": "nothing"}])
def test_a_call_that_is_not_there(call, named):
    (refused,) = push(submission(named))
    assert refused.pointer == "/call"
    assert refused.sentence.startswith("There is no call")


def test_a_call_out_of_reach_is_not_there(call):
    other = make_call(interval_seconds=None)
    mine, not_mine = push(submission(call), submission(other), reach=frozenset({call.service_id}))
    assert mine is STORED
    assert not_mine.sentence == f"There is no call {other.pk}."


@pytest.mark.parametrize(
    ("ahead_ms", "stored"), [(4 * MINUTE, True), (6 * MINUTE, False), (-89 * DAY, True), (-92 * DAY, False)]
)
def test_moments_far_ahead_and_long_ago_are_refused(call, ahead_ms, stored):
    (result,) = push(submission(call, ago_ms=-ahead_ms))
    assert (result is STORED) == stored
    if not stored:
        assert result.pointer == "/started_at"
        assert "Z" in result.sentence


def test_what_has_been_pruned_stays_pruned(call):
    Pruned.objects.create(complete_s=(now_ms() - DAY) // 1000)
    (refused,) = push(submission(call, ago_ms=2 * DAY))
    assert "Outcomes are kept since" in refused.sentence


def test_the_slots_of_the_timetable_are_for_the_outcomes_made_here():
    paris = make_location()
    calls = [
        make_call(interval_seconds=60),
        make_call(interval_seconds=None, cron="* * * * *"),
        make_call(interval_seconds=1, locations=[paris]),
    ]
    for call in calls:
        due = call.dues.get()
        at_ms = due.due_ms
        (refused,) = push(submission(call, at_ms=at_ms))
        assert "own timetable" in refused.sentence
        assert push(submission(call, at_ms=at_ms + 1), submission(call, at_ms=at_ms - 1)) == [STORED, STORED]
    assert clean()


def test_a_call_that_is_paused_takes_what_is_told(call):
    paused = make_call(interval_seconds=60, enabled=False)
    assert push(submission(paused)) == [STORED]
    assert clean()


def test_a_slot_that_a_clock_ahead_took_before_the_call_was_resumed_has_its_outcome(call):
    call.interval_seconds, call.enabled = 1, False
    call.save()
    moment = next(ms for ms in range(now_ms() + 20_000, now_ms() + 21_001) if call.cadence.has(call.pk, ms))
    assert push(submission(call, at_ms=moment)) == [STORED]
    call.enabled = True
    call.save()
    due = call.dues.get()
    due.since_ms, due.due_ms = moment, moment + 1000  # as if it had been claimed
    due.save()
    assert clean()


def test_a_failed_one_keeps_its_texts_without_secrets(call):
    call.headers = {"X-Api-Key": "open-sesame-77"}
    call.save()
    at_ms = now_ms() - MINUTE
    body = '{"message": "key open-sesame-77 is not known, try 5"}'
    push(submission(call, at_ms=at_ms, status_code=403, body=body, content_type="application/json", request_id="r-1"))
    detail = OutcomeDetail.objects.get()
    assert detail.said == "key ••• is not known, try 5"
    assert ["X-Request-ID", "r-1"] in detail.request_headers
    assert ["X-Api-Key", "•••"] in detail.request_headers
    assert detail.headers == [["Content-Type", "application/json"]]
    assert (detail.method, detail.url) == (call.method, call.url)
    assert Outcome.objects.get().body_bytes == len(body)


def test_messages_of_one_kind_are_one_group_whoever_told_them(call):
    make_outcome(call, 500, body=b"node 7 is down")
    push(submission(call, status_code=500, message="node 12 is down"))
    assert Message.objects.get().details.count() == 2


def test_the_message_of_a_failure_is_the_transports(call):
    call.headers = {"Authorization": "Bearer abcdefgh-12345"}
    call.save()
    push(submission(call, status_code=None, failure="timeout", message="gave up\n\x1b[31mwith abcdefgh-12345"))
    assert OutcomeDetail.objects.get().error == "gave up with •••"
    assert not Message.objects.exists()


def test_texts_are_kept_of_what_failed_only(call):
    push(submission(call, message="all well"), submission(call, ago_ms=2 * MINUTE, status_code=500))
    assert not OutcomeDetail.objects.exists()


def test_a_call_that_cannot_be_sent_keeps_its_texts_all_the_same(call):
    type(call).objects.filter(pk=call.pk).update(headers={"a b": "c"})
    assert push(submission(call, status_code=500, message="no")) == [STORED]
    assert OutcomeDetail.objects.get().said == "no"


@pytest.mark.parametrize("many", [3, 40])
def test_late_outcomes_are_counted_in_spans_that_are_closed(call, many):
    now = now_ms()
    for hours in range(0, 30, 3):
        make_outcome(call, 200, due_at=from_ms(now - hours * HOUR))
    rollup.close(now + CLOSE_AFTER_MS)
    results = push(*(submission(call, at_ms=now - n * 37 * MINUTE - 5) for n in range(1, many + 1)))
    assert set(results) == {STORED}
    assert clean()
    assert Outcome.objects.count() == 10 + many


def test_a_span_that_is_closed_meanwhile_is_tried_again(call, monkeypatch):
    make_outcome(call, 200, due_at=from_ms(now_ms() - HOUR))
    rollup.close(now_ms())
    real, asked = rollup.bounds, []

    def bounds(after=""):
        asked.append(after)
        return rollup.Bounds(0, 0) if len(asked) == 1 else real(after)

    monkeypatch.setattr("apiclient.rollup.closed.bounds", bounds)
    assert push(submission(call, ago_ms=HOUR + 5)) == [STORED]
    assert len(asked) == 4
    assert clean()


def test_how_late_calls_start_here_is_not_told_by_others(call):
    make_outcome(call, lag_ms=700)
    push(*(submission(call, ago_ms=MINUTE + n) for n in range(5)))
    assert start_lag_ms(now_ms(), (0.1, 0.9)) == {0.1: 700, 0.9: 700}


def test_one_alone(call):
    one = submission(call)
    assert store_one(one, None) is STORED
    assert store_one(one, None) is DUPLICATE
    assert isinstance(store_one(submission({"call": 4_000_000}), None), Refused)


moments = st.integers(-100 * DAY, 10 * MINUTE) | st.integers(-2 * HOUR, 0) | st.sampled_from([0, -1, -HOUR])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(moments, st.booleans(), st.sampled_from([200, 404, 503])), max_size=25))
def test_every_one_is_stored_a_duplicate_or_refused_and_the_counts_agree(call, told):
    now = now_ms()
    rollup.close(now)
    before = Outcome.objects.count()
    known = [call.pk, 4_000_000]
    results = push(*(submission({"call": known[gone]}, at_ms=now + ms, status_code=code) for ms, gone, code in told))
    assert len(results) == len(told)
    assert Outcome.objects.count() - before == results.count(STORED)
    assert all(one in (STORED, DUPLICATE) or isinstance(one, Refused) for one in results)
    assert clean()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_the_same_outcomes_told_by_many_at_once_are_stored_once(call):
    at_ms = now_ms() - MINUTE
    some = [submission(call, at_ms=at_ms + n, status_code=500, message=f"node {n % 3} of a") for n in range(300)]
    results = []

    def tell(which):
        results.extend(push(*which))
        connection.close()

    works = [lambda which=which: tell(which) for which in (some, some[::-1], some[100:], some[:200], some[:8])]
    assert at_once(*works) == []
    assert results.count(STORED) == 300 == Outcome.objects.count()
    assert set(results) == {STORED, DUPLICATE}
    assert clean()


@pytest.mark.django_db(transaction=True)
def test_many_who_tell_one_each_at_once(call):
    at_ms, results = now_ms() - MINUTE, []

    def tell(number):
        results.append(store_one(submission(call, at_ms=at_ms + number // 2), None))
        connection.close()

    assert at_once(*(lambda number=number: tell(number) for number in range(12))) == []
    assert sorted(results) == [DUPLICATE] * 6 + [STORED] * 6
    assert Outcome.objects.count() == 6


def test_an_outcome_of_last_year_lies_where_the_day_is_made_later(call):
    started = datetime.now(UTC) - timedelta(days=80)
    assert push(submission(call, at_ms=(now_ms() - 80 * DAY))) == [STORED]
    assert abs(Outcome.objects.get().due_at - started) < timedelta(minutes=1)
