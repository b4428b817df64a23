"""A failure counts once a second call fails too: both are kept, and the second is never lost."""

import json
from itertools import count

import pytest

from apiclient import confirm, execute, reap, record, schedule, webhook
from apiclient.catalogue import Verdict
from apiclient.clock import now_ms
from apiclient.confirm import Doubt
from apiclient.execute import Runner
from apiclient.http import Exchange, Guard, Request
from apiclient.models import Batch, Delivery, Outcome, OutcomeDetail
from apiclient.reason import WAITS, reason
from apiclient.record import Finished
from apiclient.slot import call_of, due_ms_of, slot_id
from apiclient.verify import differences
from tests.builders import make_call, make_service, make_webhook
from tests.target import Target

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_S = 30
_turn = count(1)


@pytest.fixture
def call():
    return make_call(interval_seconds=None, confirm_after_s=AFTER_S)


def arrive(call, code, confirms=False, ago_ms=60_000):
    """A slot claimed, leased and recorded, as a worker does it; its outcome."""
    slot = slot_id((now_ms() - ago_ms + 10 * next(_turn)) | 1, call.pk)
    batch = Batch.objects.create(slots=[slot], created_ms=now_ms(), lease_ms=30_000, confirms=confirms)
    return save(call, schedule.take(batch.pk, now_ms()), slot, code)


def save(call, lease, slot, code):
    doubt = None if lease.confirms else Doubt(slot, 0, AFTER_S, call.timeout_ms)
    verdict = Verdict.PASSED if code < 400 else Verdict.FAILED
    finished = Finished(
        slot, call.service_id, Exchange(status_code=code), verdict, 0, Request("GET", call.url), doubt=doubt
    )
    assert record.save({(lease.batch_id, lease.token): [finished]}) == 1
    return Outcome.objects.get(pk=slot)


def second():
    return Batch.objects.get(confirms=True)


def test_the_first_failure_waits_and_the_second_call_stands_in_a_batch(call):
    outcome = arrive(call, 503)
    assert outcome.judgement is Verdict.DEGRADED and outcome.status_code == 503
    assert reason(outcome) == f"{WAITS} by a second call 30 s later. It answered 503."
    (slot,) = second().slots
    assert call_of(slot) == call.pk
    assert 0 <= due_ms_of(slot) - now_ms() - AFTER_S * 1000 + 5_000 < 6_000
    assert list(differences(now_ms())) == []


def test_the_second_decides(call):
    arrive(call, 503)
    (slot,) = second().slots
    lease = schedule.take(second().pk, now_ms())
    assert lease.confirms
    assert save(call, lease, slot, 503).judgement is Verdict.FAILED
    assert not Batch.objects.exists()
    assert sorted(Outcome.objects.values_list("verdict", flat=True)) == [Verdict.DEGRADED, Verdict.FAILED]


def test_while_failing_no_confirmation_is_asked(call):
    arrive(call, 503, confirms=True)
    assert arrive(call, 503).judgement is Verdict.FAILED
    assert not Batch.objects.exists()
    arrive(call, 200)
    assert arrive(call, 503).judgement is Verdict.DEGRADED


def test_while_a_second_call_is_under_way_it_decides_alone(call):
    arrive(call, 503)
    assert arrive(call, 500).judgement is Verdict.DEGRADED
    assert Batch.objects.filter(confirms=True).count() == 1


def test_a_second_call_is_taken_at_its_moment_and_not_before(call):
    arrive(call, 503)
    batch, due = second(), second().created_ms
    assert confirm.due_now(now_ms(), 3_000) == [] and schedule.waiting(9, {0}) == []
    assert reap.reap(now_ms()) == []
    assert confirm.due_now(due, 3_000) == [batch.pk]
    assert reap.reap(due + 4_000) == [batch.pk]  # rung again where the bell was lost


def test_a_worker_killed_with_the_second_call_loses_nothing(call):
    arrive(call, 503)
    (slot,) = second().slots
    due = second().created_ms
    schedule.take(second().pk, due)
    late = due + 10**6
    assert reap.reap(late) == [second().pk]
    schedule.take(second().pk, late)
    reap.reap(late * 2)
    assert Outcome.objects.get(pk=slot).judgement is Verdict.FAILED
    assert not Batch.objects.exists()


def test_webhooks_tell_of_the_confirmed_failure_only(call):
    make_webhook()
    arrive(call, 200)
    arrive(call, 503)
    webhook.settle(now_ms() + 60_000)
    assert not Delivery.objects.exists()
    Batch.objects.filter(pk=second().pk).update(slots=[moved := slot_id(now_ms() - 1_000 | 1, call.pk)])
    confirmed = save(call, schedule.take(second().pk, now_ms()), moved, 503)
    webhook.settle(now_ms() + 120_000)
    (delivery,) = Delivery.objects.all()
    data = json.loads(delivery.body)["data"]
    assert (data["from"], data["to"], data["outcome"]["id"]) == ("passed", "failed", str(confirmed.pk))


def test_a_real_call_is_sent_twice_by_its_worker(monkeypatch):
    with Target() as target:
        runner = Runner(Guard(["127.0.0.0/8"]), 100)
        monkeypatch.setattr(execute, "_runner", runner)
        service = make_service(base_url=target.url)
        call = make_call(service, path="/status/503", interval_seconds=None, confirm_after_s=1)
        try:
            assert execute.run_now(call).judgement is Verdict.DEGRADED
            execute.run(second().pk)
            execute.drain()
        finally:
            runner.stop()
        assert len(target.requests) == 2
    verdicts = Outcome.objects.order_by("pk").values_list("verdict", flat=True)
    assert list(verdicts) == [Verdict.DEGRADED, Verdict.FAILED]
    assert OutcomeDetail.objects.count() == 2
    assert list(differences(now_ms())) == []
