"""Whatever a question is read from, the answer is the one that counting every outcome by hand gives."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apiclient import report, rollup
from apiclient.catalogue import Category, CodeClass, Failure, Verdict, category_of, class_of
from apiclient.histogram import bucket, quantile
from apiclient.http import Exchange, Phases
from apiclient.models import Outcome, Rollup, Step
from apiclient.record import Finished
from apiclient.selection import Selection
from apiclient.slot import EPOCH, first_slot, from_ms, slot_id, to_ms
from tests.builders import make_call, make_outcome, make_service, write

START = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
SPAN_S = 3 * 86_400
HOURS_MS = range(0, SPAN_S * 1000, 4 * 3_600_000)
ANSWERS = [
    *((code, None) for code in (100, 101, 200, 200, 200, 201, 302, 401, 404, 404, 500, 503, 600, 99)),
    *((None, failure) for failure in (Failure.DNS, Failure.TIMEOUT, Failure.MISSED)),
]


def finished(call, due_ms, code, failure, verdict, total_us):
    exchange = Exchange(status_code=code, failure=failure, phases=Phases(total=total_us))
    return Finished(slot_id(due_ms, call.pk), call.service_id, exchange, verdict, 1)


@pytest.fixture(params=["all steps", "short steps thinned"])
def calls(db, request):
    """Four calls of two services, three days of outcomes: most hours closed and folded, some closed, some neither.

    Thinned, the first day has no minutes any more, and none that is closed has quarter hours of calls.
    """
    services = [make_service(), make_service()]
    calls = [make_call(services[n // 2], interval_seconds=None) for n in range(4)]
    draw = random.Random(8)
    rows = {}
    for _ in range(400):
        call, due_ms = draw.choice(calls), to_ms(START) + draw.choice(HOURS_MS) + draw.randrange(0, 3_600_000, 2)
        code, failure = draw.choice(ANSWERS)
        total_us = draw.choice([0, 1, 900, 12_345, 2_000_000]) if code else draw.choice([0, 5_000_000])
        verdict = draw.choice(list(Verdict))
        rows[due_ms, call.pk] = finished(call, due_ms, code, failure, verdict, total_us)
    everything = list(rows.values())
    draw.shuffle(everything)
    for begin in range(0, len(everything), 100):
        write(everything[begin : begin + 100])
    rollup.close(to_ms(START) + (SPAN_S - 5 * 3600) * 1000)
    rollup.fold(to_ms(START) + 2 * 86_400_000)
    if request.param == "short steps thinned":
        for minutes in (0, 61):
            rollup.thin(to_ms(START + timedelta(days=8, minutes=minutes)))
            rollup.close(to_ms(START) + (SPAN_S - 4 * 3600) * 1000)
    assert set(Rollup.objects.values_list("step", flat=True)) == set(Step)
    return calls


def words(row, group_by):
    """The group that an outcome belongs to, None for none."""
    return {
        "code_class": str(class_of(row.status_code)),
        "category": str(category_of(row.status_code)),
        "status_code": row.status_code and str(row.status_code),
        "failure": row.failure and Failure(row.failure).slug,
        "verdict": Verdict(row.verdict).slug,
        "service": str(row.call.service_id),
        "call": str(row.call_id),
    }[group_by]


def step_of(row, since, step_s):
    return int((from_ms(row.id >> 22) - since).total_seconds()) // step_s


def naive(selection, group_by, step_s):
    """The same, by looking at every outcome."""
    counted = Counter()
    for row in matching(selection):
        if (word := words(row, group_by)) is not None:
            counted[word, step_of(row, selection.since, step_s)] += 1
    return counted


def matching(chosen):
    for row in Outcome.objects.filter(id__gte=first_slot(to_ms(chosen.since))).select_related("call"):
        due = from_ms(row.id >> 22)
        tests = [
            (chosen.calls, row.call_id),
            (chosen.services, row.call.service_id),
            (chosen.status_codes, row.status_code),
            (chosen.code_classes, class_of(row.status_code)),
            (chosen.categories, category_of(row.status_code)),
            (chosen.failures, row.failure),
            (chosen.verdicts, row.verdict),
        ]
        if chosen.since <= due < chosen.until and all(not allowed or value in allowed for allowed, value in tests):
            yield row


def spans():
    """Beginning after START and length in hours, step in seconds or auto."""
    return [
        (0, 1, None), (7.3, 0.5, 60), (3, 6, 300), (2.5, 6, None), (1, 12, None), (9, 14.2, 900), (5, 30, 3600),
        (0, 72, None), (0, 72, 21_600), (10, 72, 86_400), (66, 6, None), (60, 20, 3600), (60, 12, 900),
        (-50, 200, None),
    ]  # fmt: skip


def filters(calls):
    return [
        {},
        {"calls": frozenset({calls[0].pk})},
        {"calls": frozenset({calls[0].pk, calls[2].pk}), "services": frozenset({calls[0].service_id})},
        {"services": frozenset({calls[3].service_id})},
        {"status_codes": frozenset({200, 404, 999})},
        {"code_classes": frozenset({CodeClass.SERVER_ERROR, CodeClass.NONE})},
        {"categories": frozenset({Category.SUCCESS})},
        {"failures": frozenset({Failure.DNS, Failure.MISSED})},
        {"verdicts": frozenset({Verdict.DEGRADED}), "categories": frozenset({Category.CLIENT_ERROR})},
    ]


GROUPS = ["code_class", "category", "status_code", "failure", "verdict", "service", "call"]


@pytest.mark.parametrize("group_by", GROUPS)
def test_a_series_is_a_recount_by_hand_over_any_span(calls, group_by):
    for after_h, hours, step_s in spans():
        since = START + timedelta(hours=after_h)
        found = report.series(Selection(since, since + timedelta(hours=hours)), group_by, step_s)
        counted = naive(Selection(found.since, found.until), group_by, found.step_seconds)
        cells = {(group.key, step): count for group in found.groups for step, count in enumerate(group.counts) if count}
        assert cells == counted, (after_h, hours, step_s)
        assert found.total == counted.total() == sum(group.total for group in found.groups)


@pytest.mark.parametrize("number", range(9))
def test_every_filter_word_means_the_same_for_any_source(calls, number):
    words = filters(calls)[number]
    for group_by, (after_h, hours, step_s) in zip(GROUPS * 2, spans(), strict=True):
        since = START + timedelta(hours=after_h)
        found = report.series(Selection(since, since + timedelta(hours=hours), **words), group_by, step_s)
        counted = naive(Selection(found.since, found.until, **words), group_by, found.step_seconds)
        cells = {(group.key, step): count for group in found.groups for step, count in enumerate(group.counts) if count}
        assert cells == counted, (group_by, after_h, hours, step_s, words)


@pytest.mark.parametrize("number", [0, 1, 3, 5, 7])
def test_quantiles_are_those_of_every_outcome(calls, number):
    words = filters(calls)[number]
    for after_h, hours, step_s in spans():
        since = START + timedelta(hours=after_h)
        found = report.latency(Selection(since, since + timedelta(hours=hours), **words), [0.5, 0.99], step_s)
        rows = [
            row
            for row in matching(Selection(found.since, found.until, **words))
            if row.status_code is not None or asks_for_failures(**words)
        ]
        assert found.total == len(rows)
        for group, q in zip(found.groups, (0.5, 0.99), strict=True):
            assert group.total == by_hand(rows, q)
            steps = defaultdict(list)
            for row in rows:
                steps[step_of(row, found.since, found.step_seconds)].append(row)
            assert group.counts == [by_hand(steps[step], q) for step in range(len(group.counts))]


def asks_for_failures(failures=(), categories=(), code_classes=(), **other_words):
    return bool(failures) or Category.NO_RESPONSE in categories or CodeClass.NONE in code_classes


def by_hand(rows, q):
    us = quantile(Counter(bucket(row.total_us) for row in rows), q)
    return None if us is None else round(us / 1000, 3)


@pytest.mark.parametrize("number", range(9))
def test_answers_count_every_code_and_failure(calls, number):
    words = filters(calls)[number]
    for after_h, hours, _ in spans():
        since = START + timedelta(hours=after_h)
        chosen = Selection(since, since + timedelta(hours=hours), **words)
        rows = matching(chosen.whole(60))
        assert report.answers(chosen) == Counter((row.status_code, row.failure) for row in rows)


def test_a_long_span_is_not_read_from_outcomes(calls, django_assert_num_queries):
    whole = Selection(START, START + timedelta(days=3))
    with django_assert_num_queries(4):  # what is kept; cells; what came after they were closed; names
        assert report.series(whole, "call", 3600).total == 400
    with django_assert_num_queries(3):
        assert report.series(whole, "code_class", 3600).total == 400
    with django_assert_num_queries(2):  # what is over is remembered
        assert report.series(whole, "code_class", 3600).total == 400


def test_what_is_remembered_is_read_again_once_it_has_changed(calls):
    whole = Selection(START, START + timedelta(days=3))
    assert report.series(whole, "code_class", 3600).total == 400
    make_outcome(calls[0], 418, due_at=START + timedelta(hours=5, milliseconds=7))
    assert report.series(whole, "code_class", 3600).total == 401
    assert "418" in {group.key for group in report.series(whole, "status_code", 3600).groups}
    Rollup.objects.filter(step=3600).update(count=0)  # as no door of ours does
    assert report.series(whole, "code_class", 3600).total == 401
    with transaction.atomic():
        rollup.change()
    assert report.series(whole, "code_class", 3600).total < 401


def test_deleting_a_call_takes_it_out_of_every_answer(calls):
    gone, left = calls[0], calls[1:]
    gone_id = gone.pk
    gone.delete()
    assert not Outcome.objects.filter(call=gone_id).exists()
    whole = Selection(START, START + timedelta(days=3))
    for group_by in GROUPS:
        for step_s in (900, 3600):
            found = report.series(whole, group_by, step_s)
            counted = naive(Selection(found.since, found.until), group_by, step_s)
            assert {group.key: group.total for group in found.groups} == totals(counted), (group_by, step_s)
    assert {group.key for group in report.series(whole, "call", 3600).groups} == {str(call.pk) for call in left}


def totals(counted):
    sums = Counter()
    for (word, _), count in counted.items():
        sums[word] += count
    return sums


def test_groups_stand_in_their_natural_order_with_labels(calls):
    whole = Selection(START, START + timedelta(days=3))
    assert [group.key for group in report.series(whole, "code_class").groups] == [str(word) for word in CodeClass]
    codes = report.series(whole, "status_code").groups
    assert [int(group.key) for group in codes] == sorted(int(group.key) for group in codes)
    assert next(group.label for group in codes if group.key == "404") == "404 Not Found"
    assert {group.label for group in report.series(whole, "call").groups} == {str(call) for call in calls}


def test_the_text_of_messages_is_a_filter_too(db):
    call = make_call()
    for number in range(3):
        make_outcome(call, 500, due_at=START + timedelta(hours=number), body=b"disk full on node 7")
    found = report.series(Selection(START, START + timedelta(days=2), q="disk full"), "call", 3600)
    assert found.total == 3


def test_times_are_the_beginnings_of_steps(db):
    found = report.series(Selection(START, START + timedelta(hours=1)), step_s=900)
    assert found.times == [START + timedelta(minutes=15 * n) for n in range(4)]
    assert (found.times[0] - EPOCH).total_seconds() % 900 == 0
    assert found.groups == [] and found.total == 0


def test_leading_groups_stay_in_order_and_the_others_are_one():
    groups = [report.Group(key, key, counts, sum(counts)) for key, counts in (
        ("a", [1, 0]), ("b", [5, 5]), ("c", [0, 2]), ("d", [3, 3]),
    )]  # fmt: skip
    whole = report.Series(START, START + timedelta(hours=2), 3600, [START, START + timedelta(hours=1)], groups, 19)
    found = report.leading(whole, 2)
    assert [(group.key, group.label, group.counts, group.total) for group in found.groups] == [
        ("b", "b", [5, 5], 10), ("d", "d", [3, 3], 6), ("", "2 more", [1, 2], 3),
    ]  # fmt: skip
    assert found.total == 19
    assert report.leading(whole, 4) == whole
