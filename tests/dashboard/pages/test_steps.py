"""The steps of an outcome as its page draws them."""

from apiclient.catalogue import Failure
from apiclient.models import OutcomeDetail
from dashboard.pages.steps import steps


def taken(verdict, message="", **fields):
    step = {
        "name": "Read", "method": "GET", "url": "http://x/", "always": False, "status_code": 200, "failure": None,
        "verdict": verdict, "message": message, "start_us": 0, "phases_us": {"total": 1_000}, "checks": [],
    }  # fmt: skip
    return step | fields


def test_an_outcome_of_one_request_has_no_steps():
    assert steps(None) == [] == steps(OutcomeDetail())


def test_a_step_that_was_not_sent_has_neither_bar_nor_time():
    (step,) = steps(OutcomeDetail(steps=[taken(None, "Not sent.", phases_us=None, status_code=None)]))
    assert (step.took, step.bar, step.verdict) == ("–", "", None)


def test_a_step_may_have_failed_without_an_answer():
    (step,) = steps(OutcomeDetail(steps=[taken("failed", "Too slow.", status_code=None, failure="timeout")]))
    assert step.failure is Failure.TIMEOUT and step.bar
