"""Every integer and no code at all has a class, a column and a verdict."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apiclient.catalogue import Category, CodeClass, Failure, Verdict, seed_table
from apiclient.classify import classify, judge, verdict_of, worst_of
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Phases
from tests.builders import head_of

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


def answer(status_code=200, body=b"", headers=(), total_us=1_000, **fields):
    return Exchange(
        status_code=status_code, head=head_of(headers), body=body, body_bytes=len(body),
        phases=Phases(total=total_us), **fields,
    )  # fmt: skip


def expecting(codes="", slow_after_ms=None, **fields):
    return Expectation.of(codes, slow_after_ms, **fields)


READY = {"kind": "body", "is": "contains", "value": "ready"}


def test_without_checks_judging_is_the_fast_path():
    for expectation in (DEFAULT, expecting("401"), expecting("2xx", 100), expecting("", 5, fail_after_ms=9)):
        for code in range(-1, 1000):
            for total_us in (0, 5_001, 9_001, 200_000):
                judged = judge(answer(code, total_us=total_us), expectation).verdict
                assert judged is verdict_of(code, total_us, expectation), (code, total_us)


def test_the_worst_of_code_times_and_checks_decides():
    assert judge(answer(body=b"ready"), expecting(checks=[READY])).verdict is Verdict.PASSED
    assert judge(answer(body=b"no"), expecting(checks=[READY])).verdict is Verdict.FAILED
    assert judge(answer(body=b"no"), expecting(checks=[READY | {"degrades": True}])).verdict is Verdict.DEGRADED
    assert judge(answer(500, b"ready"), expecting(checks=[READY])).verdict is Verdict.FAILED
    late = judge(answer(body=b"ready", total_us=30_000), expecting("", 10, fail_after_ms=20, checks=[READY]))
    assert late.verdict is Verdict.FAILED
    assert [result.holds for result in late.results] == [True, False, False, True]
    assert late.results[1].sentence == "It must answer within 20 ms: it took 30 ms."


def test_a_check_may_be_for_some_codes_only():
    for_302 = expecting(checks=[READY | {"codes": "302"}])
    assert judge(answer(200, b"no"), for_302).verdict is Verdict.PASSED
    assert judge(answer(302, b"no"), for_302).verdict is Verdict.FAILED


def test_no_answer_has_no_results():
    assert judge(Exchange(failure=Failure.TIMEOUT), expecting(checks=[READY])) == (Verdict.FAILED, ())


@pytest.mark.parametrize(
    ("codes", "code", "sentence"),
    [
        ("", 200, "200 is among the codes that this call expects (1xx, 2xx, 3xx)."),
        ("2xx", 404, "404 is not among the codes that this call expects (2xx)."),
        ("401", 401, "401 is among the codes that this call expects (401)."),
        ("401", 200, "It must refuse with 401 and answered 200: the door is open."),
        ("401, 403", 302, "It must refuse with 401, 403 and answered 302."),
        ("401", 500, "500 is not among the codes that this call expects (401)."),
        ("404", 200, "It must answer with an error (404) and answered 200."),
        ("200, 401", 302, "302 is not among the codes that this call expects (200, 401)."),
    ],
)
def test_the_code_is_judged_in_a_sentence(codes, code, sentence):
    assert judge(answer(code), expecting(codes)).results[0].sentence == sentence


def test_documented_answers_decide_where_no_codes_are_written():
    documented = ((frozenset({404}), False), (frozenset(range(400, 500)), True), (frozenset({204}), True))
    expectation = expecting(documented=documented)
    verdicts = {code: judge(answer(code), expectation).verdict for code in (200, 204, 404, 403, 500)}
    assert verdicts == {
        200: Verdict.PASSED, 204: Verdict.FAILED, 404: Verdict.PASSED, 403: Verdict.FAILED, 500: Verdict.FAILED,
    }  # fmt: skip
    assert verdicts == {code: verdict_of(code, 0, expectation) for code in verdicts}
    assert judge(answer(204), expectation).results[0].sentence == "204 is documented as an error."
    assert judge(answer(404), expectation).results[0].sentence == "404 is documented as a success."
    written = expecting("2xx", documented=documented)
    assert judge(answer(204), written).verdict is Verdict.PASSED


CHECKS = st.lists(
    st.sampled_from(
        [
            READY,
            {"kind": "body", "is": "matches", "value": "a+$", "codes": "2xx"},
            {"kind": "body", "is": "absent"},
            {"kind": "json", "path": "$..a", "is": "equals", "value": 1},
            {"kind": "json", "path": "$.*", "is": "after", "value": "-1d", "degrades": True},
            {"kind": "json", "path": "$", "is": "less", "value": 3},
            {"kind": "header", "name": "Content-Type", "is": "in", "value": "a, b"},
            {"kind": "header", "name": "X", "is": "before", "value": "now"},
            {"kind": "location", "is": "lacks", "value": "error=1"},
            {"kind": "certificate", "value": 30},
        ]
    ),
    max_size=5,
)
JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
BODIES = st.binary(max_size=80) | JSONISH.map(lambda value: json.dumps(value).encode()) | st.just(b"[" * 100_000)


@settings(max_examples=400, deadline=None)
@given(
    code=st.integers(-1, 65_535) | st.none(),
    body=BODIES,
    cut=st.booleans(),
    total_us=st.integers(0, 2**31),
    headers=st.lists(st.tuples(st.sampled_from(["Content-Type", "X", "Location"]), st.text("ab=;/1 \xff", max_size=9))),
    checks=CHECKS,
    limits=st.tuples(st.none() | st.integers(0, 2**31), st.none() | st.integers(0, 2**31)),
)
def test_judging_is_total(code, body, cut, total_us, headers, checks, limits):
    failure = Failure.TIMEOUT if code is None else None
    exchange = Exchange(
        status_code=code, failure=failure, body=body, body_bytes=len(body) + cut, head=head_of(headers),
        phases=Phases(total=total_us),
    )  # fmt: skip
    judged = judge(exchange, expecting("", limits[0], fail_after_ms=limits[1], checks=checks))
    assert judged.verdict in Verdict
    assert all("fault in Answerback" not in result.sentence for result in judged.results)
    if code is not None:
        assert judged.verdict is worst_of(judged.results)
