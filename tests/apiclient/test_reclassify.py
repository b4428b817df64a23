"""History judged again: verdicts, what is counted of them, and what is left alone."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apiclient import rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.models import DocumentedAnswer, FirstSeen, Outcome, OutcomeDetail, Pruned, Rollup
from apiclient.models.rollup import Closed
from apiclient.reclassify import reclassify
from apiclient.slot import from_ms
from apiclient.verify import differences
from tests.builders import make_answer, make_outcome, make_service
from tests.noon import DAY, HOUR, MINUTE, NOON, at_once, on_demand, outcome

pytestmark = pytest.mark.django_db
PASSED, DEGRADED, FAILED = Verdict


@pytest.fixture
def call():
    return on_demand(make_service(name="Shop"), name="Orders")


def fill(call):
    """Two days with closed hours, and a minute that is open still."""
    for day in (0, 1):
        for nth, code in enumerate((200, 204, 404, 404, 500)):
            outcome(call, day * DAY + nth * HOUR, code, total_us=1_000 * (nth + 1))
    outcome(call, HOUR + 1, None, failure=Failure.TIMEOUT)
    rollup.close(now_ms())
    for nth, code in enumerate((200, 404)):
        make_outcome(call, code, due_at=from_ms(now_ms() - (nth + 1) * MINUTE))


def verdicts(**where):
    return [Verdict(one) for one in Outcome.objects.filter(**where).order_by("pk").values_list("verdict", flat=True)]


def clean():
    return list(differences(now_ms())) == []


def test_a_reference_makes_history_pass_and_fail_and_all_counts_follow(call):
    fill(call)
    DocumentedAnswer.objects.bulk_create(
        [
            DocumentedAnswer(service=call.service, call=call, codes="404", kind="success"),
            DocumentedAnswer(service=call.service, codes="204", kind="error"),
        ]
    )
    before, version = list(Outcome.objects.values()), Closed.objects.get().version
    would = reclassify(call.service, dry_run=True)
    assert list(Outcome.objects.values()) == before and Closed.objects.get().version == version
    did = reclassify(call.service)
    assert would.turns == did.turns == {(404, FAILED, PASSED): 5, (204, PASSED, FAILED): 2}
    assert set(verdicts(status_code=404)) == {PASSED} and set(verdicts(status_code=204)) == {FAILED}
    assert set(verdicts(status_code__isnull=True)) == {FAILED}
    assert Closed.objects.get().version != version
    assert clean()
    days = Rollup.objects.filter(step=86_400, call=None, service=None, status_code=404)
    assert {(cell.verdict, cell.count) for cell in days} == {(PASSED, 2)}
    assert dict(FirstSeen.objects.values_list("status_code", "documented"))[404] is True


def test_the_second_time_nothing_changes(call):
    fill(call)
    make_answer(call=call, codes="404", kind="success")
    assert reclassify(call.service).changed == 5
    rows, cells = list(Outcome.objects.values()), sorted(Rollup.objects.values_list("pk", "count"))
    version = Closed.objects.get().version
    again = reclassify(call.service)
    assert (again.changed, again.kept) == (0, 0)
    assert list(Outcome.objects.values()) == rows
    assert sorted(Rollup.objects.values_list("pk", "count")) == cells and Closed.objects.get().version == version
    DocumentedAnswer.objects.all().delete()
    assert reclassify(call.service).changed == 5 and set(verdicts(status_code=404)) == {FAILED}
    assert clean()


def test_expected_codes_and_limits_of_time_judge_again_too(call):
    for nth, total_us in enumerate((500, 1_500, 2_500)):
        outcome(call, nth * MINUTE, 200, total_us=total_us)
    rollup.close(now_ms())
    call.slow_after_ms, call.fail_after_ms = 1, 2
    call.save()
    assert reclassify(call.service).changed == 2
    assert verdicts() == [PASSED, DEGRADED, FAILED]
    call.expected_codes = "404"
    call.save()
    reclassify(call.service)
    assert verdicts() == [FAILED] * 3 and clean()


def test_one_call_alone_and_from_a_moment_on(call):
    other = on_demand(call.service)
    for one in (call, other):
        outcome(one, 0, 404)
        outcome(one, DAY, 404)
    rollup.close(now_ms())
    make_answer(service=call.service, codes="404", kind="success")
    assert reclassify(call.service, call, NOON + HOUR).changed == 1
    assert verdicts(call=call) == [FAILED, PASSED] and verdicts(call=other) == [FAILED] * 2
    assert clean()


def detail(of, *checks, steps=()):
    results = [{"sentence": sentence, "holds": holds} for sentence, holds in checks]
    OutcomeDetail.objects.filter(outcome=of).update(checks=results, steps=list(steps))


def test_what_a_check_said_stays_and_the_rest_is_told_anew(call):
    by_check, by_code, chain = (outcome(call, nth * MINUTE, 404) for nth in range(3))
    code = ("404 is not among the codes that this call expects (1xx, 2xx, 3xx).", False)
    detail(by_check, code, ("It must answer within 5 ms: it took 12 ms.", False), ("The body must say hello.", False))
    detail(by_code, code, ("The body must say hello.", True))
    detail(chain, code, steps=[{"name": "one"}])
    make_answer(call=call, codes="404", kind="success")
    report = reclassify(call.service)
    assert (report.changed, report.kept) == (1, 2)
    assert verdicts() == [FAILED, PASSED, FAILED]
    kept = OutcomeDetail.objects.get(outcome=by_code).checks
    assert [(one["sentence"], one["holds"]) for one in kept] == [
        ("404 is documented as a success.", True), ("The body must say hello.", True),
    ]  # fmt: skip
    assert clean()


def test_what_waits_to_be_confirmed_and_what_pruning_took_is_left_alone(call):
    call.confirm_after_s = 5
    call.save()
    waits, old = outcome(call, 2 * HOUR, 500), outcome(call, 0, 200)
    Outcome.objects.filter(pk=waits.pk).update(verdict=DEGRADED)
    make_answer(call=call, codes="200", kind="error")
    Pruned.objects.create(pk=1, complete_s=(NOON + HOUR) // 1000)
    report = reclassify(call.service)
    assert (report.changed, report.kept) == (0, 1)
    assert verdicts(pk=old.pk) == [PASSED]


def test_calls_whose_expectation_cannot_be_read_are_named_and_left_out(call):
    outcome(call, 0, 404)
    type(call).objects.filter(pk=call.pk).update(expected_codes="nonsense")
    assert reclassify(call.service).unreadable == ["Shop: Orders"]
    assert verdicts() == [FAILED]


def test_it_ends_in_portions_and_where_it_is_told_to(call, monkeypatch):
    monkeypatch.setattr("apiclient.reclassify.AT_ONCE", 3)
    for nth in range(10):
        outcome(call, nth * 1_000, 404)
    make_answer(call=call, codes="404", kind="success")
    some = reclassify(call.service, dry_run=True, most=4)
    assert not some.complete
    assert reclassify(call.service).changed == 10
    assert clean()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_partitions")
def test_workers_go_on_writing_meanwhile(call):
    start = now_ms() - 3 * MINUTE
    for nth in range(60):
        make_outcome(call, (200, 404)[nth % 2], due_at=from_ms(start + nth * 100))
    make_answer(call=call, codes="404", kind="success")
    number = iter(range(200))

    def write():
        for _ in range(25):
            make_outcome(call, 404, due_at=from_ms(start + 50 + next(number) * 100))

    def judge():
        reclassify(call.service)

    assert at_once(write, judge, judge) == []
    assert set(verdicts()) == {PASSED} and Outcome.objects.count() == 85
    assert clean()


def command(*words):
    out = StringIO()
    call_command("reclassify", *words, stdout=out)
    return out.getvalue()


def test_the_command_says_what_would_change_does_it_and_then_nothing(call):
    outcome(call, 0, 404)
    make_answer(call=call, codes="404", kind="success")
    assert "1 outcomes would be judged otherwise" in command("shop/orders", "--dry-run")
    done = json.loads(command("shop", "--since", "2026-01-01", "--json"))
    assert (done["changed"], done["results"][0]["turns"]) == (
        1, [{"status_code": 404, "from": "failed", "to": "passed", "count": 1}],
    )  # fmt: skip
    assert "Shop: 0 outcomes judged otherwise" in command()


@pytest.mark.parametrize("words", [("nobody",), ("shop/nothing",), ("shop", "--since", "banana")])
def test_the_command_names_what_it_does_not_know(call, words):
    with pytest.raises(CommandError) as refused:
        command(*words)
    assert refused.value.returncode == 2
