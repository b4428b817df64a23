"""Why a verdict is what it is, in one sentence for every door."""

import pytest

from apiclient.catalogue import Failure, Verdict
from apiclient.models import Outcome, OutcomeDetail
from apiclient.reason import WAITS, reason
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db


def holds(sentence):
    return {"sentence": sentence, "holds": True}


def fails(sentence, **more):
    return {"sentence": sentence, "holds": False} | more


def of(verdict, *checks, steps=()):
    return reason(
        Outcome(status_code=200, verdict=verdict, call=make_call()),
        OutcomeDetail(checks=list(checks), steps=list(steps)),
    )


def test_the_check_that_failed_is_the_reason():
    assert of(Verdict.FAILED, holds("200 is fine."), fails("It is bad.")) == "It is bad."
    two = of(Verdict.FAILED, fails("It is slow.", degrades=True), fails("It is bad."), fails("It is worse."))
    assert two == "It is bad. 1 more check fails."
    assert of(Verdict.DEGRADED, holds("200 is fine."), fails("It is slow.", degrades=True)) == "It is slow."


def test_what_waits_for_confirmation_says_so():
    waits = fails(f"{WAITS}: a second call follows.", degrades=True)
    assert of(Verdict.DEGRADED, fails("It is bad."), waits) == f"{WAITS}: a second call follows."


def test_what_holds_is_told_too():
    assert of(Verdict.PASSED, holds("200 is fine."), holds("It is good.")) == "200 is fine. All 2 expectations hold."


def test_of_a_chain_the_worst_step_is_named():
    steps = [
        {"name": "Log in", "verdict": "passed", "message": ""},
        {"name": "Order", "verdict": "failed", "message": "404 is not among them."},
        {"name": "Log out", "verdict": None, "message": ""},
    ]
    assert of(Verdict.FAILED, steps=steps) == "Step 2, Order: 404 is not among them."
    assert of(Verdict.PASSED, steps=steps[:1]) == "All 1 steps went as expected."


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({}, 200, "200 is among the codes that this call expects (1xx, 2xx, 3xx)."),
        ({"expected_codes": "401"}, 200, "It must refuse with 401 and answered 200: the door is open."),
        ({"slow_after_ms": 5}, 200, "It must answer within 5 ms: it took 12 ms."),
        ({"slow_after_ms": 5}, 500, "500 is not among the codes that this call expects (1xx, 2xx, 3xx)."),
    ],
)
def test_without_results_the_expectation_tells(fields, code, words):
    assert reason(make_outcome(make_call(**fields), code)) == words


def test_a_failure_is_named():
    assert reason(make_outcome(make_call(), failure=Failure.DNS)).startswith("No usable answer came back: ")
