"""Each change of a verdict is found once: in the order of slots, whatever arrives late, twice or side by side."""

import json
import threading
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apiclient import record, webhook
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.models import Delivery, Hint, Standing
from apiclient.slot import slot_id, to_ms
from apiclient.webhook.change import AGAIN_MS
from tests.builders import make_call, make_location, make_outcome, make_webhook, write

P, D, F = 200, None, 500
"""Answers of the calls here: passed, too late, failed."""
pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(interval_seconds=60, slow_after_ms=100)


@pytest.fixture
def hook(db):
    return make_webhook()


def at(minute: float) -> datetime:
    """Minutes of the last hour."""
    return timezone.now().replace(microsecond=0) - timedelta(minutes=59) + timedelta(minutes=minute)


def answer(call, minute, code, **fields):
    late = {"total_us": 900_000} if code is D else {}
    return make_outcome(call, 200 if code is D else code, due_at=at(minute), **late | fields)


def told():
    """(from, to) of every event, in the order of slots."""
    bodies = [json.loads(body) for body in Delivery.objects.values_list("body", flat=True)]
    bodies.sort(key=lambda body: int(body["data"]["outcome"]["id"]))
    return [(body["data"]["from"], body["data"]["to"]) for body in bodies]


def settle_all():
    """As ticks do until nothing is left, the second looks included."""
    made, now = 0, now_ms()
    while Hint.objects.exists():
        made += webhook.settle(now)
        now += AGAIN_MS
    return made


def test_a_failure_and_a_recovery_are_told_once_each(hook, call):
    for minute, code in enumerate((P, P, F, F, P, P)):
        answer(call, minute, code)
        settle_all()
    assert told() == [("passed", "failed"), ("failed", "passed")]


@pytest.mark.parametrize("every", [1, 2, 3, 100])
def test_it_is_the_same_however_seldom_a_tick_comes(hook, call, every):
    answers = (P, F, F, D, P, F, P, P, D, D, F)
    for minute, code in enumerate(answers):
        answer(call, minute, code)
        if minute % every == 0:
            settle_all()
    settle_all()
    words = ["passed", "failed", "degraded", "passed", "failed", "passed", "degraded", "failed"]
    assert told() == list(pairwise(words))
    assert settle_all() == 0


def test_the_first_outcome_ever_is_told_only_when_it_did_not_pass(hook, call):
    answer(make_call(), 0, P)
    answer(call, 0, F)
    settle_all()
    assert told() == [(None, "failed")]


def test_what_failed_before_anybody_listened_is_no_news(call):
    answer(call, 0, F)
    make_webhook()
    answer(call, 1, F)
    settle_all()
    assert told() == []
    answer(call, 2, P)
    settle_all()
    assert told() == [("failed", "passed")]


def test_while_nobody_listens_nothing_is_noted(call, django_assert_max_num_queries):
    make_webhook(enabled=False)
    answer(call, 0, F)
    assert not Hint.objects.exists()


def test_a_late_failure_is_told_with_the_recovery_that_came_before_it(hook, call):
    """A call that hangs is recorded after the one that followed it."""
    for minute, code in ((0, P), (2, P), (3, P)):
        answer(call, minute, code)
    settle_all()
    answer(call, 1, F)
    settle_all()
    assert told() == [("passed", "failed"), ("failed", "passed")]
    assert json.loads(Delivery.objects.last().body)["time"].startswith(f"{at(2):%Y-%m-%dT%H:%M}")


def test_what_arrives_before_a_change_already_told_changes_nothing(hook, call):
    answer(call, 0, P)
    answer(call, 5, F)
    settle_all()
    for minute, code in ((1, P), (2, F), (3, D), (4, P)):
        answer(call, minute, code)
        settle_all()
    assert told() == [("passed", "failed")]


def test_what_was_due_long_ago_is_history(hook, call):
    answer(call, -300, P)
    answer(call, -200, F)
    assert settle_all() == 0
    answer(call, 1, P)
    assert settle_all() == 0


def test_each_location_has_a_verdict_of_its_own(hook):
    paris = make_location(name="Paris")
    call = make_call(interval_seconds=60)

    def here(minute, verdict, location_id):
        slot = slot_id(to_ms(at(minute)) + 2 * location_id, call.pk)
        if verdict == Verdict.FAILED:
            write([record.worker_lost(slot, call.service_id, location_id)])
        else:
            exchange = record.Exchange(status_code=200)
            write([record.Finished(slot, call.service_id, exchange, verdict, 1, location_id=location_id)])

    for minute in range(5):
        here(minute, Verdict.PASSED, 0)
        here(minute, Verdict.FAILED if minute else Verdict.PASSED, paris.number)
        settle_all()
    assert told() == [("passed", "failed")]
    assert json.loads(Delivery.objects.get().body)["data"]["location"] == "paris"


def test_a_slot_that_was_missed_is_a_failure_like_any_other(hook, call):
    answer(call, 0, P)
    write([record.missed(slot_id(to_ms(at(1)), call.pk), call.service_id)])
    settle_all()
    event = json.loads(Delivery.objects.get().body)
    assert (event["data"]["failure"], event["data"]["status_code"]) == ("missed", None)


def test_an_outcome_recorded_twice_is_told_once(hook, call):
    answer(call, 0, P)
    slot = slot_id(to_ms(at(1)), call.pk)
    for _ in range(3):
        write([record.worker_lost(slot, call.service_id)])
        settle_all()
    assert told() == [("passed", "failed")]


def test_hints_are_looked_at_again_without_telling_twice(hook, call):
    answer(call, 0, P)
    answer(call, 1, F)
    hints = list(Hint.objects.values("call_id", "location_id", "slot"))
    for _ in range(3):
        settle_all()
        Hint.objects.bulk_create(Hint(**hint) for hint in hints)
    assert settle_all() == 0
    assert told() == [("passed", "failed")]


def test_a_recorder_that_had_not_seen_the_change_yet_is_found_at_the_second_look(hook, call):
    answer(call, 0, P)
    answer(call, 1, F)
    webhook.settle(now_ms())
    answer(call, 2, P)
    Hint.objects.filter(look_ms=0).delete()  # as if it had begun before the standing moved
    assert webhook.settle(now_ms()) == 0
    assert webhook.settle(now_ms() + AGAIN_MS) == 1
    assert told() == [("passed", "failed"), ("failed", "passed")]


def test_a_tick_that_dies_amid_its_work_leaves_it_to_the_next(hook, call, monkeypatch):
    answer(call, 0, P)
    answer(call, 1, F)

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("apiclient.webhook.change.enqueue", die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        webhook.settle(now_ms())
    monkeypatch.undo()
    assert not Standing.objects.exists() and Hint.objects.count() == 1
    assert settle_all() == 1


def test_a_call_deleted_meanwhile_leaves_nothing(hook, call):
    answer(call, 0, F)
    call.delete()
    assert settle_all() == 0
    assert not Standing.objects.exists() and not Delivery.objects.exists()


def test_standings_are_forgotten_once_they_say_nothing(hook, call):
    answer(call, 0, P)
    answer(call, 1, F)
    answer(call, 2, P)
    other = make_call()
    answer(other, 1, F)
    settle_all()
    webhook.forget(now_ms())
    assert Standing.objects.count() == 2
    webhook.forget(now_ms() + 3_600_000)
    assert Standing.objects.get().call_id == other.pk
    hook.enabled = False
    hook.save()
    webhook.forget(now_ms())
    assert not Standing.objects.exists()


def test_many_calls_at_once_cost_few_queries(hook, django_assert_max_num_queries):
    calls = [make_call(interval_seconds=60) for _ in range(30)]
    for call in calls:
        answer(call, 0, P)
        answer(call, 1, F)
    settle_all()
    for call in calls:
        answer(call, 2, P)
    with django_assert_max_num_queries(25):
        assert webhook.settle(now_ms()) == 30


def side_by_side(steps, until_done):
    """Run the steps at once, and the others again and again until those have ended."""
    done = threading.Event()

    def once(step):
        step()
        connection.close()

    def again(step):
        while not done.is_set():
            step()
        connection.close()

    first = [threading.Thread(target=once, args=(step,)) for step in steps]
    others = [threading.Thread(target=again, args=(step,)) for step in until_done]
    for thread in first + others:
        thread.start()
    for thread in first:
        thread.join()
    done.set()
    for thread in others:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_ticks_and_recorders_side_by_side_tell_each_change_once(no_partitions):
    """Four recorders, each of which falls behind as it likes, and two ticks."""
    make_webhook()
    calls = [make_call(interval_seconds=60) for _ in range(3)]
    start_ms = to_ms(at(0))
    slots = [slot_id(start_ms + minute * 60_000, call.pk) for minute in range(12) for call in calls]
    fails = {slot: n // 3 % 4 in (1, 2) for n, slot in enumerate(slots)}
    for call in calls:
        answer(call, -0.5, P)

    def recorder(mine):
        for slot in mine:
            exchange = record.Exchange(status_code=F if fails[slot] else P)
            verdict = Verdict.FAILED if fails[slot] else Verdict.PASSED
            write([record.Finished(slot, calls[0].service_id, exchange, verdict, 1)])

    tick = partial(webhook.settle, now_ms())
    side_by_side([partial(recorder, slots[n::4]) for n in range(4)], [tick, tick])
    settle_all()
    assert len(set(Delivery.objects.values_list("event_id", flat=True))) == Delivery.objects.count()
    for call in calls:
        bodies = Delivery.objects.filter(call_id=call.pk).order_by("pk").values_list("body", flat=True)
        changes = [json.loads(body)["data"] for body in bodies]
        verdicts = ["passed", *(change["to"] for change in changes)]
        assert [change["from"] for change in changes] == verdicts[:-1]  # none left out, none told twice
        assert len(changes) > 1 and verdicts[-1] == "passed"  # as the last of the slots


def test_what_the_transport_said_is_told(hook, call):
    answer(call, 0, P)
    answer(call, 1, 200, failure=Failure.TLS, error="certificate has expired")
    settle_all()
    assert json.loads(Delivery.objects.get().body)["data"]["message"] == "certificate has expired"
