"""A selection says which outcomes are meant, in the words of the contract."""

from datetime import UTC, datetime, timedelta

import pytest

from apiclient.catalogue import Category, CodeClass, Failure, Verdict, category_of, class_of
from apiclient.models import Outcome
from apiclient.selection import Selection
from tests.builders import make_call, make_outcome

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = Selection(NOON, NOON + timedelta(days=1))


def test_a_span_is_widened_to_whole_steps():
    odd = Selection(NOON + timedelta(minutes=7), NOON + timedelta(minutes=61))
    whole = odd.whole(900)
    assert (whole.since, whole.until) == (NOON, NOON + timedelta(minutes=75))
    assert whole.whole(900) == whole
    assert (whole.until_s - whole.since_s) == 75 * 60


def test_an_empty_span_is_one_step():
    assert Selection(NOON, NOON).whole(60).until == NOON + timedelta(minutes=1)


@pytest.mark.django_db
def test_since_is_in_and_until_is_out():
    call = make_call()
    inside = make_outcome(call, due_at=NOON)
    make_outcome(call, due_at=NOON - timedelta(milliseconds=2))
    make_outcome(call, due_at=NOON + timedelta(days=1))
    assert list(Outcome.objects.filter(DAY.outcomes())) == [inside]


CODES = (-1, 0, 99, 100, 101, 199, 200, 299, 301, 404, 499, 500, 599, 600, 999)


@pytest.fixture
def one_of_each(db):
    call = make_call(expected_codes="2xx", slow_after_ms=50)
    answers = [(code, None, 12_000) for code in CODES] + [(200, None, 60_000)]
    answers += [(None, failure, 0) for failure in (Failure.DNS, Failure.MISSED)]
    for number, (code, failure, total_us) in enumerate(answers):
        due_at = NOON + timedelta(seconds=2 * number)
        make_outcome(call, code, failure, due_at=due_at, total_us=total_us)
    return call


@pytest.mark.parametrize("word", CodeClass)
def test_classes_are_those_of_the_catalogue(one_of_each, word):
    chosen = Selection(DAY.since, DAY.until, code_classes=frozenset({word}))
    found = {row.status_code for row in Outcome.objects.filter(chosen.outcomes())}
    assert found == {code for code in (*CODES, None) if class_of(code) is word}


@pytest.mark.parametrize("column", Category)
def test_categories_are_those_of_the_catalogue(one_of_each, column):
    chosen = Selection(DAY.since, DAY.until, categories=frozenset({column}))
    found = {row.status_code for row in Outcome.objects.filter(chosen.outcomes())}
    assert found == {code for code in (*CODES, None) if category_of(code) is column}


@pytest.mark.parametrize("verdict", Verdict)
def test_verdicts_are_chosen(one_of_each, verdict):
    chosen = Selection(DAY.since, DAY.until, verdicts=frozenset({verdict}))
    assert {row.verdict for row in Outcome.objects.filter(chosen.outcomes())} == {verdict}


def test_words_are_joined_by_and_their_values_by_or(one_of_each):
    both = Selection(
        DAY.since,
        DAY.until,
        calls=frozenset({one_of_each.pk}),
        services=frozenset({one_of_each.service_id}),
        status_codes=frozenset({404, 500}),
        code_classes=frozenset({CodeClass.CLIENT_ERROR}),
    )
    assert [row.status_code for row in Outcome.objects.filter(both.outcomes())] == [404]
    failures = Selection(DAY.since, DAY.until, failures=frozenset({Failure.DNS, Failure.MISSED}))
    assert Outcome.objects.filter(failures.outcomes()).count() == 2
    other = Selection(DAY.since, DAY.until, calls=frozenset({one_of_each.pk + 1}))
    assert not Outcome.objects.filter(other.outcomes()).exists()


@pytest.mark.django_db
def test_the_text_of_a_message_is_searched_without_case():
    call = make_call()
    wanted = make_outcome(call, 500, due_at=NOON, body=b"No Space left on device")
    make_outcome(call, 500, due_at=NOON + timedelta(seconds=2), body=b"something else")
    chosen = Selection(DAY.since, DAY.until, q="no space")
    assert list(Outcome.objects.filter(chosen.outcomes())) == [wanted]
