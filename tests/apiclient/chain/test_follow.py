"""A chain run against a real server by the worker's own engine: each step recorded, the worst is the outcome."""

import json
import time

import pytest
from django.core.management import call_command

from apiclient import execute, record, schedule
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.execute import Runner
from apiclient.http import Guard
from apiclient.models import Batch, Outcome, OutcomeDetail
from apiclient.reap import reap
from apiclient.slot import slot_id
from apiclient.trial import try_out
from apiclient.verify import differences
from tests.builders import make_call, make_secret, make_service
from tests.shop import PASSWORD, Shop
from tests.target import Target

pytestmark = pytest.mark.django_db(transaction=True)

BEARER = {"Authorization": "Bearer {{ token }}"}
TOKEN = {"name": "token", "from": "json", "expression": "$.access_token"}
CREATE = {
    "name": "Order something",
    "method": "POST",
    "path": "/orders",
    "headers": BEARER,
    "body": '{"what": "tea"}',
    "expected_codes": "201",
    "captures": [{"name": "order", "from": "header", "expression": "Location"}],
}
READ = {"name": "Read it", "path": "/orders/7001", "headers": BEARER}
MISSING = {"name": "nothing", "from": "header", "expression": "X-Nothing"}
OWN = "{{ secret.hidden }}"
DELETE = {"name": "Delete it", "method": "DELETE", "path": "/orders/7001", "headers": BEARER, "always": True}
LOGOUT = {"name": "Log out", "method": "POST", "path": "/logout", "headers": BEARER, "always": True}


@pytest.fixture
def shop():
    with Shop() as serving:
        yield serving


@pytest.fixture
def runner(monkeypatch):
    runner = Runner(Guard(["127.0.0.0/8"]), 1_000)
    monkeypatch.setattr(execute, "_runner", runner)
    yield runner
    runner.stop()


def chain(shop, *steps, password=PASSWORD, captures=(TOKEN,), **fields):
    call = make_call(
        make_service(base_url=shop.url),
        **{
            "name": "Log in",
            "method": "POST",
            "path": "/login",
            "body": json.dumps({"password": password}),
            "captures": list(captures),
            "steps": list(steps),
            "interval_seconds": None,
        }
        | fields,
    )
    call.full_clean()
    return call


def outcome_of(call):
    execute.run_now(call)
    return Outcome.objects.select_related("detail").get()


def told(outcome):
    return [(step["name"], step["status_code"], step["verdict"]) for step in outcome.detail.steps]


def test_a_token_is_taken_used_and_given_back(shop, runner):
    outcome = outcome_of(chain(shop, CREATE, READ, DELETE, LOGOUT))
    assert told(outcome) == [
        ("Log in", 200, "passed"),
        ("Order something", 201, "passed"),
        ("Read it", 200, "passed"),
        ("Delete it", 204, "passed"),
        ("Log out", 204, "passed"),
    ]
    assert (outcome.status_code, outcome.verdict) == (200, Verdict.PASSED)
    assert not shop.tokens and not shop.orders
    phases = [step["phases_us"]["total"] for step in outcome.detail.steps]
    assert outcome.total_us == sum(phases)
    starts = [step["start_us"] for step in outcome.detail.steps]
    assert starts == sorted(starts) and starts[0] == 0 and starts[-1] >= sum(phases[:-1])
    assert list(differences(now_ms())) == []


def test_nothing_that_was_taken_is_stored(shop, runner):
    outcome_of(chain(shop, READ, LOGOUT))  # the order is not there: its error echoes nothing, the login is masked
    stored = str(list(OutcomeDetail.objects.values()))
    assert shop.given and not any(token in stored for token in shop.given)


def test_an_echoed_token_is_masked(shop, runner):
    wrong = READ | {"headers": {"Authorization": "Bearer x{{ token }}"}}
    outcome = outcome_of(chain(shop, wrong))
    assert outcome.status_code == 401 and b"nobody is logged in" in bytes(outcome.detail.body)
    stored = str(list(OutcomeDetail.objects.values()))
    assert not any(token in stored for token in shop.given)


def test_steps_are_kept_for_every_outcome(shop, runner):
    call = chain(shop, LOGOUT)
    for _ in range(2):
        execute.run_now(call)
    assert [len(detail.steps) for detail in OutcomeDetail.objects.all()] == [2, 2]


def test_a_failing_step_ends_the_chain_but_for_what_cleans_up(shop, runner):
    gone = {"name": "Gone", "path": "/orders/1", "headers": BEARER}
    outcome = outcome_of(chain(shop, gone, CREATE, LOGOUT))
    assert told(outcome) == [
        ("Log in", 200, "passed"),
        ("Gone", 404, "failed"),
        ("Order something", None, None),
        ("Log out", 204, "passed"),
    ]
    assert (outcome.status_code, outcome.verdict) == (404, Verdict.FAILED)
    assert outcome.detail.message.text == "no such order"
    assert "no such order" in outcome.detail.steps[1]["message"]
    assert "Not sent" in outcome.detail.steps[2]["message"]
    assert not shop.tokens and "POST /orders" not in shop.asked


def test_what_is_not_there_to_be_taken_fails_its_step(shop, runner):
    outcome = outcome_of(chain(shop, READ, LOGOUT, captures=[TOKEN | {"expression": "$.tokens[0]"}]))
    assert (outcome.status_code, outcome.verdict) == (200, Verdict.FAILED)
    steps = outcome.detail.steps
    assert "{{ token }} was not found" in steps[0]["message"] and "$.tokens[0]" in steps[0]["message"]
    assert told(outcome)[1:] == [("Read it", None, None), ("Log out", None, None)]
    assert "nothing was taken for {{ token }}" in steps[2]["message"]
    assert shop.asked == ["POST /login"]


def test_a_failing_login_sends_nothing_more(shop, runner):
    outcome = outcome_of(chain(shop, READ, LOGOUT, password="wrong"))
    assert (outcome.status_code, outcome.verdict) == (403, Verdict.FAILED)
    assert shop.asked == ["POST /login"]


def test_the_checks_of_the_first_request_are_judged_by_its_own_answer_alone(shop, runner):
    checks = [{"kind": "json", "path": "$.access_token", "is": "present"}]
    outcome = outcome_of(chain(shop, LOGOUT, checks=checks, slow_after_ms=5_000))
    assert outcome.judgement is Verdict.PASSED


def test_what_a_failed_answer_gave_is_there_for_what_cleans_up(shop, runner):
    checks = [{"kind": "json", "path": "$.access_token", "is": "absent"}]
    outcome = outcome_of(chain(shop, READ, LOGOUT, checks=checks, captures=(TOKEN, MISSING)))
    assert outcome.judgement is Verdict.FAILED
    assert [step["status_code"] for step in outcome.detail.steps] == [200, None, 204]


def test_the_checks_of_a_step_are_judged_and_told(shop, runner):
    checked = READ | {"path": "/orders", "checks": [{"kind": "body", "is": "contains", "value": "coffee"}]}
    outcome = outcome_of(chain(shop, checked, LOGOUT))
    assert (outcome.status_code, outcome.verdict) == (200, Verdict.FAILED)
    checks = outcome.detail.steps[1]["checks"]
    assert [check["holds"] for check in checks] == [True, False] and "coffee" in checks[1]["sentence"]
    assert "coffee" in outcome.detail.steps[1]["message"]


def test_a_cookie_and_an_expression_feed_the_next(shop, runner):
    captures = [
        {"name": "token", "from": "cookie", "expression": "sid"},
        {"name": "kind", "from": "regex", "expression": '"kind": "(\\w+)"'},
    ]
    steps = [{"name": "Orders", "path": "/orders?kind={{ kind }}", "headers": BEARER}, LOGOUT]
    assert outcome_of(chain(shop, *steps, captures=captures)).verdict == Verdict.PASSED
    assert shop.asked[1] == "GET /orders?kind=bearer"


def test_time_runs_out_in_the_middle_and_what_cleans_up_is_still_sent(shop, runner):
    slow = {"name": "Slow", "path": "/delay/2", "headers": BEARER}
    outcome = outcome_of(chain(shop, slow, READ, LOGOUT, timeout_ms=600))
    assert told(outcome)[1:] == [("Slow", None, "failed"), ("Read it", None, None), ("Log out", 204, "passed")]
    assert outcome.failure == Failure.TIMEOUT and not shop.tokens
    assert outcome.detail.steps[1]["failure"] == "timeout"


def test_the_time_limits_hold_for_all_of_it(shop, runner):
    slow = {"name": "Slow", "path": "/delay/0.2"}
    assert outcome_of(chain(shop, slow, LOGOUT, slow_after_ms=150)).verdict == Verdict.DEGRADED


def test_a_later_failing_clean_up_is_the_outcome(shop, runner):
    outcome = outcome_of(chain(shop, DELETE, LOGOUT))
    assert (outcome.status_code, outcome.verdict) == (404, Verdict.FAILED)
    assert told(outcome)[-1] == ("Log out", 204, "passed")


def test_an_answer_cannot_ask_for_a_secret(runner):
    with Target() as target:
        service = make_service(base_url=target.url)
        make_secret(service, name="hidden", value="planted-value")
        call = make_call(
            service,
            path="/body?status=200&text=%7B%7B%20secret.hidden%20%7D%7D",
            captures=[{"name": "echo", "from": "body"}],
            steps=[{"name": "Next", "path": "/status/200", "headers": {"X-Echo": "{{ echo }}", "X-Own": OWN}}],
            interval_seconds=None,
        )
        assert outcome_of(call).verdict == Verdict.PASSED
        headers = target.requests[-1].headers
        assert (headers["x-echo"], headers["x-own"]) == ("{{ secret.hidden }}", "planted-value")


def test_what_an_answer_gives_cannot_break_out_of_a_header(runner):
    with Target() as target:
        call = make_call(
            make_service(base_url=target.url),
            path="/body?status=200&text=a%0D%0AX-Evil:%201",
            captures=[{"name": "echo", "from": "body"}],
            steps=[{"name": "Next", "path": "/status/200", "headers": {"X-Echo": "{{ echo }}"}}],
            interval_seconds=None,
        )
        outcome = outcome_of(call)
        assert outcome.verdict == Verdict.FAILED and len(target.requests) == 1
        assert outcome.detail.steps[1]["failure"] == "internal"


def test_a_trial_shows_the_same_steps_and_stores_nothing(shop):
    found = try_out(chain(shop, READ, LOGOUT))
    assert [(step["name"], step["status_code"]) for step in found.detail.steps] == [
        ("Log in", 200),
        ("Read it", 404),
        ("Log out", 204),
    ]
    assert (found.outcome.status_code, found.outcome.judgement) == (404, Verdict.FAILED)
    assert not Outcome.objects.exists() and not any(token in str(found.detail.steps) for token in shop.given)


@pytest.mark.parametrize(("steps", "again"), [([{"name": "a", "path": "/orders"}], True), ([LOGOUT], False)])
def test_a_lost_chain_is_run_again_only_where_all_of_it_may_be_repeated(shop, steps, again):
    call = chain(shop, *steps, method="GET", body="", captures=[TOKEN])
    now = now_ms()
    batch = Batch.objects.create(slots=[slot_id(now, call.pk)], created_ms=now, lease_ms=1_000)
    assert schedule.take(batch.pk, now)
    waiting = reap(now + 60_000)
    assert bool(waiting) is again
    assert Outcome.objects.filter(failure=Failure.WORKER_LOST).count() == (0 if again else 1)


def test_a_worker_that_is_lost_between_two_steps_leaves_one_outcome(shop, runner):
    call = chain(shop, {"name": "Slow", "path": "/delay/1"}, LOGOUT)
    now = now_ms()
    batch = Batch.objects.create(slots=[slot_id(now, call.pk)], created_ms=now, lease_ms=1_000)
    execute.run(batch.pk)
    while "GET /delay/1" not in shop.asked:
        time.sleep(0.02)
    assert reap(now + 60_000) == []  # the lease has passed on: what the old holder records is refused
    execute.drain()
    assert Outcome.objects.get().failure == Failure.WORKER_LOST
    assert shop.asked.count("POST /login") == 1
    assert record.Finished and list(differences(now_ms())) == []


def test_run_call_prints_each_step_rule_and_phase(shop, runner, capsys):
    call = chain(shop, {"name": "Gone", "path": "/orders/1", "headers": BEARER}, LOGOUT)
    with pytest.raises(SystemExit):
        call_command("run_call", f"{call.service.slug}/{call.slug}")
    printed = capsys.readouterr().out
    for words in ("1. Log in: POST", "2. Gone: GET", "404 Not Found: failed.", "fails:    404", "3. Log out", "Wait "):
        assert words in printed, printed
    assert not any(token in printed for token in shop.given)


def test_run_call_shows_what_a_passing_answer_was_judged_by(shop, runner, capsys):
    checks = [{"kind": "body", "is": "contains", "value": "bearer"}]
    call = chain(shop, captures=(), checks=checks)
    call_command("run_call", f"{call.service.slug}/{call.slug}")
    assert "holds:    The body must contain" in capsys.readouterr().out
    call_command("run_call", f"{call.service.slug}/{call.slug}", "--json")
    assert json.loads(capsys.readouterr().out)["checks"][0]["holds"] is True
