"""Messages counted by group: each number is that of a recount of the kept texts."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apiclient import said
from apiclient.fingerprint import fingerprint
from apiclient.models import Message, Outcome, OutcomeDetail
from apiclient.report import series
from apiclient.selection import Selection
from apiclient.slot import from_ms
from tests.builders import make_call, make_outcome, make_service

START = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
DAY = Selection(START, START + timedelta(days=1))
TEXTS = ["Order {} is gone", "No stock of {}", "Down for maintenance", "Limit of {} requests"]
CODES = [404, 409, 503, 429]
PLAIN = (("Content-Type", "text/plain"),)


@pytest.fixture
def calls(db):
    """Two services with two calls each, three days of errors that say one of four things, one of them rarely."""
    services = [make_service(), make_service()]
    calls = [make_call(services[n // 2], interval_seconds=None) for n in range(4)]
    draw = random.Random(5)
    for number, minutes in enumerate(sorted(draw.sample(range(3 * 1440), 120))):
        due_at = START - timedelta(days=1) + timedelta(minutes=minutes, milliseconds=number * 2)
        which = min(draw.randrange(4), draw.randrange(4))
        body = TEXTS[which].format(number).encode()
        make_outcome(draw.choice(calls), CODES[which], due_at=due_at, headers=PLAIN, body=body)
    make_outcome(calls[0], 200, due_at=START + timedelta(hours=2))
    return calls


def recount(selection):
    """(fingerprint) -> outcomes of the span, by looking at every kept text."""
    found = {}
    for detail in OutcomeDetail.objects.exclude(message=None).select_related("outcome__call"):
        outcome = detail.outcome
        tests = [
            (selection.services, outcome.call.service_id), (selection.calls, outcome.call_id),
        ]  # fmt: skip
        inside = selection.since <= outcome.due_at < selection.until
        if inside and all(not wanted or value in wanted for wanted, value in tests):
            found.setdefault(fingerprint(detail.said), []).append(outcome)
    return found


def as_counted(groups):
    return {
        fingerprint(Message.objects.get(pk=group.messages[0]).text): (group.count, group.newest) for group in groups
    }


def by_hand(selection):
    return {key: (len(rows), max(row.pk for row in rows)) for key, rows in recount(selection).items()}


def selections(calls):
    half = replace(DAY, since=START + timedelta(hours=7), until=START + timedelta(hours=9.5))
    return [
        DAY, half, replace(DAY, since=START - timedelta(days=2), until=START + timedelta(days=3)),
        replace(DAY, services=frozenset({calls[0].service_id})), replace(DAY, calls=frozenset({calls[1].pk})),
        replace(DAY, until=DAY.since + timedelta(minutes=1)),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_groups_are_a_recount_by_hand(calls, number):
    selection = selections(calls)[number]
    groups, complete = said.groups(selection)
    assert as_counted(groups) == by_hand(selection)
    assert complete and [group.count for group in groups] == sorted((group.count for group in groups), reverse=True)


def test_a_group_spans_services_and_knows_when_it_was_first_and_last_seen(calls):
    groups, _ = said.groups(DAY)
    everything = recount(replace(DAY, since=START - timedelta(days=9), until=START + timedelta(days=9)))
    for group in groups:
        rows = everything[fingerprint(Message.objects.get(pk=group.messages[0]).text)]
        assert set(group.services) == {row.call.service_id for row in rows}
        assert len(group.messages) == len(group.services)
        assert group.first_seen == min(row.due_at for row in rows)
        assert timedelta(0) <= max(row.due_at for row in rows) - group.last_seen <= timedelta(minutes=1)
    assert any(len(group.services) == 2 for group in groups)


@pytest.mark.parametrize("order", said.ORDERS)
def test_groups_come_in_the_order_asked_for(calls, order):
    groups, _ = said.groups(DAY, order)
    keys = {"count": lambda one: one.count, "last": lambda one: one.newest, "first": lambda one: one.first_seen}
    assert groups == sorted(groups, key=keys[order], reverse=True) and len(groups) == 4


def test_a_text_and_a_code_choose_groups(calls):
    (found,) = said.groups(replace(DAY, q="STOCK of"))[0]
    assert Message.objects.get(pk=found.messages[0]).template == "No stock of <n>"
    (found,) = said.groups(replace(DAY, status_codes=frozenset({503})))[0]
    assert Message.objects.get(pk=found.messages[0]).text == "Down for maintenance"
    assert said.groups(replace(DAY, q="nobody says this")) == ([], True)


def test_more_messages_than_are_looked_at_are_told(calls, monkeypatch):
    monkeypatch.setattr(said, "MOST_MESSAGES", 3)
    assert said.groups(DAY)[1] is False


def test_one_group_over_time_is_a_recount_by_hand_by_call_and_by_message(calls):
    messages = list(Message.objects.filter(template="Order <n> is gone").values_list("pk", flat=True))
    rows = recount(DAY)[fingerprint("Order 7 is gone")]
    for step_s in (60, 3600, 21_600):
        span = DAY.whole(step_s)
        cells = list(said.by_call(messages, span, step_s))
        counts = Counter()
        for cell in cells:
            counts[cell.step, cell.subject] += cell.number
        inside = [row for row in recount(span)[fingerprint("Order 7 is gone")]]
        assert counts == Counter((int((row.pk >> 22) // (step_s * 1000)), row.call_id) for row in inside)
        assert series(span, "call", step_s, cells).total == len(inside)
        texts = said.by_message(messages, span, step_s)
        assert sum(cell.number for cell in texts) == len(inside)
    assert len(rows) > 10


@pytest.mark.parametrize("most", [1, 3, 25, 500])
def test_the_newest_outcomes_of_a_group_are_those_of_a_recount(calls, most):
    messages = list(Message.objects.filter(template="Order <n> is gone").values_list("pk", flat=True))
    cells = list(said.by_call(messages, DAY, 900))
    rows = sorted((row.pk for row in recount(DAY)[fingerprint("Order 7 is gone")]), reverse=True)
    assert said.newest(messages, DAY, cells, 900, most) == rows[:most]
    assert all(DAY.since <= from_ms(pk >> 22) < DAY.until for pk in rows)


def test_nothing_said_is_nothing_found(calls):
    assert said.newest([], DAY, [], 900, 25) == []
    assert list(said.by_call([], DAY, 900)) == []
    long_ago = Selection(START - timedelta(days=99), START - timedelta(days=98))
    assert said.groups(long_ago) == ([], True)
    assert Outcome.objects.count() == 121


def test_counting_reads_the_index_alone(calls, django_assert_num_queries):
    with django_assert_num_queries(1):
        said.groups(DAY)
    with django_assert_num_queries(2):
        said.groups(replace(DAY, status_codes=frozenset({404})))
