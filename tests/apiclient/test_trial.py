"""A call tried before it is saved: really sent, judged, masked, and nothing kept of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from apiclient import trial
from apiclient.catalogue import Failure, Verdict
from apiclient.models import Call, Message, Outcome, OutcomeDetail, Rollup, Service
from apiclient.trial import BusyError, try_out
from tests.target import Target

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def target():
    with Target() as running:
        yield running


def unsaved(target, **fields):
    service = Service(name="Shop", base_url=target.url, headers={"X-Key-Id": "7", "Authorization": "Bearer hush-hush"})
    return Call(**{"service": service, "name": "Orders", "path": "/status/200"} | fields)


def test_the_answer_is_judged_and_nothing_is_stored(target):
    found = try_out(unsaved(target))
    assert (found.outcome.status_code, found.outcome.judgement) == (200, Verdict.PASSED)
    assert found.outcome.total_us > 0
    assert not any(kept.objects.exists() for kept in (Outcome, OutcomeDetail, Message, Rollup, Call))


def test_it_is_judged_by_what_the_call_expects(target):
    assert try_out(unsaved(target, path="/status/404")).outcome.judgement is Verdict.FAILED
    assert try_out(unsaved(target, path="/status/404", expected_codes="404")).outcome.judgement is Verdict.PASSED
    late = unsaved(target, path="/delay/0.05", slow_after_ms=1)
    assert try_out(late).outcome.judgement is Verdict.DEGRADED


def test_headers_of_the_service_are_sent_and_secrets_masked(target):
    found = try_out(unsaved(target, headers={"X-Own": "1"}))
    asked = target.requests[-1].headers
    assert (asked["authorization"], asked["x-own"]) == ("Bearer hush-hush", "1")
    assert ["Authorization", "•••"] in [list(pair) for pair in found.detail.request_headers]
    assert b"hush" not in found.detail.body


def test_the_guard_is_asked(target):
    call = unsaved(target)
    call.service.base_url = "http://169.254.169.254"
    found = try_out(call)
    assert found.outcome.kind_of_failure is Failure.BLOCKED and "metadata" in found.detail.error


def test_what_cannot_be_sent_is_a_failure(target):
    call = unsaved(target)
    call.service.base_url = f"https://{'é' * 70}.example"
    found = try_out(call)
    assert found.outcome.kind_of_failure is Failure.INTERNAL


def test_it_ends_by_its_own_time_limit(target, monkeypatch):
    assert try_out(unsaved(target, path="/hang", timeout_ms=100)).outcome.kind_of_failure is Failure.TIMEOUT
    monkeypatch.setattr(trial, "LONGEST_MS", 100)
    assert try_out(unsaved(target, path="/hang", timeout_ms=60_000)).outcome.kind_of_failure is Failure.TIMEOUT


def test_few_at_once(target):
    hanging = [unsaved(target, path="/hang", timeout_ms=1000) for _ in range(trial.MOST_AT_ONCE)]
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(try_out, call) for call in hanging]
        while trial._places._value:
            pass
        with pytest.raises(BusyError, match="4 requests"):
            try_out(unsaved(target))
        assert {one.result().outcome.kind_of_failure for one in running} == {Failure.TIMEOUT}
    assert try_out(unsaved(target)).outcome.status_code == 200
