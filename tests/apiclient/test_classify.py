"""Every integer and no code at all has a class, a column and a verdict."""

import pytest

from apiclient.catalogue import Category, CodeClass, Verdict, seed_table
from apiclient.classify import classify, verdict_of
from apiclient.expectation import Expectation

DEFAULT = Expectation()
BY_HUNDRED = {
    1: (CodeClass.INFORMATIONAL, Category.SUCCESS),
    2: (CodeClass.SUCCESS, Category.SUCCESS),
    3: (CodeClass.REDIRECTION, Category.SUCCESS),
    4: (CodeClass.CLIENT_ERROR, Category.CLIENT_ERROR),
    5: (CodeClass.SERVER_ERROR, Category.SERVER_ERROR),
}


def test_every_integer_has_one_answer():
    for code in range(-1, 65_536):
        found = classify(code, 1000, DEFAULT)
        wanted = BY_HUNDRED.get(code // 100, (CodeClass.SERVER_ERROR, Category.SERVER_ERROR))
        assert (found.code_class, found.category) == wanted, code
        assert found.verdict is (Verdict.PASSED if 100 <= code < 400 else Verdict.FAILED), code


def test_no_code_is_no_response_and_failed():
    found = classify(None, 0, DEFAULT)
    assert (found.code_class, found.category, found.verdict) == (
        CodeClass.NONE,
        Category.NO_RESPONSE,
        Verdict.FAILED,
    )


def test_the_code_table_lands_in_its_own_columns():
    table = seed_table()
    assert sum(map(len, table.values())) == 40
    for column, meanings in table.items():
        assert {classify(meaning.code, 0, DEFAULT).category for meaning in meanings} == {column}


def test_the_verdict_is_separate_from_the_class():
    wants_401 = Expectation.of("401", None)
    assert classify(401, 0, wants_401).category is Category.CLIENT_ERROR
    assert classify(401, 0, wants_401).verdict is Verdict.PASSED
    assert classify(200, 0, wants_401).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("total_us", "verdict"), [(0, Verdict.PASSED), (100_000, Verdict.PASSED), (100_001, Verdict.DEGRADED)]
)
def test_a_passing_answer_that_is_late_is_degraded(total_us, verdict):
    assert verdict_of(200, total_us, Expectation.of("", 100)) is verdict


def test_a_failing_answer_is_failed_however_late():
    assert verdict_of(500, 10**9, Expectation.of("", 1)) is Verdict.FAILED
    assert verdict_of(None, 10**9, Expectation.of("", 1)) is Verdict.FAILED
