"""What is new and since when, proven against a look at every outcome."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from apiclient import rollup, sighting
from apiclient.catalogue import Failure, Verdict
from apiclient.http import Exchange, Phases
from apiclient.models import Outcome, Rollup, Step
from apiclient.record import Finished
from apiclient.selection import Selection
from apiclient.sighting import new_answers, new_messages, sightings
from apiclient.slot import EPOCH, first_slot, from_ms, slot_id, to_ms
from tests.builders import make_call, make_outcome, make_service, write

START = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
SPAN_S = 20 * 86_400
END = START + timedelta(seconds=SPAN_S)
ANSWERS = [(200, None)] * 60 + [(404, None), (500, None), (418, None), (503, None), (None, Failure.DNS)]


@pytest.fixture(params=["all steps", "short steps thinned"])
def services(db, request):
    """Three services, twenty days of outcomes of which most are closed and the last hours open."""
    services = [make_service() for _ in range(3)]
    calls = [make_call(service, interval_seconds=None) for service in services]
    draw = random.Random(11)
    rows = {}
    for _ in range(400):
        call, due_ms = draw.choice(calls), to_ms(START) + draw.randrange(0, SPAN_S * 1000, 2)
        code, failure = draw.choice(ANSWERS[: -2 if call is calls[0] else None])
        exchange = Exchange(status_code=code, failure=failure, phases=Phases(total=1_000))
        rows[due_ms, call.pk] = Finished(slot_id(due_ms, call.pk), call.service_id, exchange, Verdict.PASSED, 1)
    write(list(rows.values()))
    rollup.close(to_ms(END) - 5 * 3_600_000)
    rollup.fold(to_ms(END))
    if request.param == "short steps thinned":
        for minutes in (0, 61):
            rollup.thin(to_ms(END + timedelta(days=2, minutes=minutes)))
            rollup.close(to_ms(END) - (4 * 60 - minutes) * 60_000)
    assert set(Rollup.objects.values_list("step", flat=True)) == set(Step)
    return services


def answers_between(since, until):
    rows = Outcome.objects.filter(id__gte=first_slot(to_ms(since)), id__lt=first_slot(to_ms(until)))
    return set(rows.values_list("call__service", "status_code", "failure"))


@pytest.mark.parametrize("days", [1, 8, 12.5, 19, 19.9])
def test_new_answers_are_those_that_no_outcome_before_gave(services, days):
    since = Selection(START + timedelta(days=days), END).whole(60).since
    candidates = answers_between(since, END)
    fresh = new_answers(candidates, since)
    assert fresh == candidates - answers_between(EPOCH, since)


def test_some_answers_were_new_somewhere_and_old_elsewhere(services):
    since = START + timedelta(days=8)
    fresh = new_answers(answers_between(since, END), since)
    assert fresh and {code for _, code, _ in fresh} & {code for _, code, _ in answers_between(EPOCH, since)}


def test_what_is_older_than_the_week_before_is_not_new(db):
    call, now = make_call(interval_seconds=None), START + timedelta(days=40)
    make_outcome(call, 404, due_at=START)
    make_outcome(call, 404, due_at=now)
    make_outcome(call, 410, due_at=now + timedelta(minutes=1))
    since = now - timedelta(hours=1)
    assert new_answers(answers_between(since, END + timedelta(days=40)), since) == {(call.service_id, 410, None)}


def test_it_asks_twice_at_most_and_once_where_nothing_is_new(services, django_assert_num_queries):
    known = {(service.pk, 200, None) for service in services}
    with django_assert_num_queries(2):  # what is closed, and the cells
        assert new_answers(known, END - timedelta(days=2)) == set()
    with django_assert_num_queries(3):  # the week before is remembered
        assert new_answers(known | {(services[0].pk, 451, None)}, END - timedelta(days=2))
    with django_assert_num_queries(0):
        assert new_answers([], END) == set()


@pytest.mark.parametrize("words", [{"status_codes": {200}}, {"status_codes": {404}}, {"failures": {Failure.DNS}}])
@pytest.mark.parametrize("subject", ["", "service"])
def test_first_and_last_hold_the_very_moments_in_the_shortest_step_kept(services, words, subject):
    selection = Selection(START, END, **{word: frozenset(values) for word, values in words.items()})
    found = sightings(selection, subject)
    dues = {}
    for pk, service in Outcome.objects.filter(selection.answers()).values_list("pk", "call__service"):
        dues.setdefault(service if subject else None, []).append(from_ms(pk >> 22))
    assert found.keys() == dues.keys()
    for key, moments in dues.items():
        for one, moment in zip(found[key], (min(moments), max(moments)), strict=True):
            assert timedelta(0) <= moment - one.at < timedelta(seconds=one.within_s)
            assert one.within_s == shortest(moment, one), (key, moment, one)


def shortest(moment, one):
    """The shortest step of which a cell of any service is kept at this moment."""
    at = int((moment - EPOCH).total_seconds())
    kept = rollup.closed.closed()
    steps = [step for step in Step if step != Step.MINUTE or at >= kept.minutes_from_s]
    return next(step for step in steps if Rollup.objects.filter(step=step, start_s=at // step * step).exists())


def test_what_never_came_was_never_seen(services):
    for subject in ("", "service"):
        assert sightings(Selection(START, END, status_codes=frozenset({302})), subject) == {}


def test_what_has_just_come_is_known_to_the_minute(db):
    outcome = make_outcome(make_call(), 404)
    (found,) = sightings(Selection(START, END, status_codes=frozenset({404}))).values()
    assert found.first == found.last and found.first.within_s == 60
    assert 0 <= (outcome.due_at - found.first.at).total_seconds() < 60


def test_new_messages_are_those_first_seen_in_the_span_the_newest_first(db):
    one, other = make_call(), make_call()
    for call, at, text in (
        (one, START - timedelta(days=1), b"old"), (one, START, b"old"), (one, START, b"first"),
        (other, START + timedelta(hours=1), b"second"), (one, START + timedelta(days=1), b"late"),
    ):  # fmt: skip
        call = make_call(call.service)
        make_outcome(call, 500, due_at=at, headers=(("Content-Type", "text/plain"),), body=text)
    day = Selection(START, START + timedelta(days=1))
    assert [(found.service, found.text) for found in new_messages(day)] == [
        (other.service, "second"), (one.service, "first"),
    ]  # fmt: skip
    assert [found.text for found in new_messages(day, most=1)] == ["second"]
    of_one = Selection(day.since, day.until, services=frozenset({one.service_id}))
    assert [found.text for found in new_messages(of_one)] == ["first"]
    assert sighting.MOST_MESSAGES > 1
