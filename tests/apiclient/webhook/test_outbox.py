"""Deliveries are leased, put off, ended and ordered by the clock that is given; nobody is told what is not theirs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import webhook
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Delivery, Team, User, Webhook
from apiclient.slot import from_ms
from apiclient.webhook import outbox
from apiclient.webhook.outbox import IN_ORDER_MS, LEASE_MS, MOST_AT_ONCE, Attempt
from apiclient.webhook.retry import HOUR_MS, LAST_MS
from tests.builders import make_call, make_outcome, make_service, make_webhook

NOW = now_ms()
pytestmark = pytest.mark.django_db


def tell(call, code=500, minutes=1):
    """One outcome whose verdict is another than before; the deliveries it makes are due."""
    make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=minutes))
    webhook.settle(now_ms())


def attempt(delivery, code=200, failure=None, **fields):
    return Attempt(delivery.pk, delivery.attempts, None if failure else code, failure, 7_000, **fields)


def queue(hook, number=1, now=NOW):
    return [webhook.send_test(hook, now) for _ in range(number)]


def test_a_delivery_is_leased_to_one_and_ends_when_it_arrived():
    queue(make_webhook())
    (taken,) = outbox.take(NOW)
    assert (taken.attempts, taken.lease_until_ms) == (1, NOW + LEASE_MS)
    assert outbox.take(NOW) == []
    outbox.end(attempt(taken, 204, said="thanks"), NOW + 5)
    ended = Delivery.objects.get()
    assert (ended.state, ended.delivered_ms, ended.next_ms, ended.said) == ("delivered", NOW + 5, None, "thanks")
    assert not outbox.is_waiting(NOW + LAST_MS)


def test_a_vanished_worker_leaves_it_to_the_next_under_the_same_id():
    queue(make_webhook())
    (first,) = outbox.take(NOW)
    assert not outbox.is_waiting(NOW + LEASE_MS - 1)
    assert outbox.is_waiting(NOW + LEASE_MS)
    (second,) = outbox.take(NOW + LEASE_MS)
    assert (second.event_id, second.body, second.attempts) == (first.event_id, first.body, 2)


def test_who_lost_the_lease_puts_nothing_off_but_may_say_that_it_arrived():
    queue(make_webhook(), 2)
    firsts = outbox.take(NOW)
    outbox.take(NOW + LEASE_MS)
    outbox.end(attempt(firsts[0], 500), NOW + LEASE_MS)
    outbox.end(attempt(firsts[1], 200), NOW + LEASE_MS)
    states = [delivery.state for delivery in Delivery.objects.order_by("pk")]
    assert states == ["sending", "delivered"]


@pytest.mark.parametrize("code", [199, 301, 400, 404, 429, 500, 503])
def test_what_did_not_arrive_is_tried_later(code):
    queue(make_webhook())
    outbox.end(attempt(outbox.take(NOW)[0], code), NOW)
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.status_code) == ("waiting", code)
    assert NOW + 4_000 <= waiting.next_ms <= NOW + 6_000


def test_retry_after_is_heeded():
    queue(make_webhook())
    outbox.end(attempt(outbox.take(NOW)[0], 429, retry_after="120"), NOW)
    assert Delivery.objects.get().next_ms == NOW + 120_000


def test_it_is_given_up_after_three_days():
    queue(make_webhook())
    now, attempts = NOW, 0
    while outbox.is_waiting(now):
        (taken,) = outbox.take(now)
        outbox.end(attempt(taken, failure=Failure.TIMEOUT), now)
        attempts += 1
        now = Delivery.objects.get().next_ms or now + LAST_MS
    last = Delivery.objects.get()
    assert (last.state, last.failure, last.attempts) == ("gave_up", Failure.TIMEOUT, attempts)
    assert 14 < attempts < 22


def test_gone_disables_the_webhook():
    hook = make_webhook()
    queue(hook, 2)
    taken, other = outbox.take(NOW)
    outbox.end(attempt(taken, 410), NOW)
    outbox.end(attempt(other, 500), NOW)
    hook.refresh_from_db()
    assert (hook.enabled, hook.gone_at) == (False, from_ms(NOW))
    assert [one.state for one in Delivery.objects.order_by("pk")] == ["gave_up", "waiting"]
    assert outbox.take(NOW + HOUR_MS) == [] and not outbox.is_waiting(NOW + HOUR_MS)
    hook.enabled = True
    hook.save()
    assert hook.gone_at is None and len(outbox.take(NOW + HOUR_MS)) == 1


def test_what_waited_too_long_while_it_was_off_is_not_sent():
    queue(make_webhook())
    assert outbox.take(NOW + LAST_MS + 2 * HOUR_MS) == []
    assert Delivery.objects.get().state == "gave_up"


def test_a_receiver_that_hangs_takes_its_own_room_only():
    slow, quick = make_webhook(), make_webhook()
    queue(slow, MOST_AT_ONCE + 5)
    queue(quick, 3)
    taken = outbox.take(NOW)
    assert [sum(one.webhook_id == hook.pk for one in taken) for hook in (slow, quick)] == [MOST_AT_ONCE, 3]
    queue(quick, 1)
    assert [one.webhook_id for one in outbox.take(NOW)] == [quick.pk]
    outbox.end(attempt(taken[0] if taken[0].webhook_id == slow.pk else taken[-1]), NOW)
    assert [one.webhook_id for one in outbox.take(NOW)] == [slow.pk]


def test_events_of_a_call_go_in_order_and_wait_a_while_for_the_older():
    hook, call, other = make_webhook(), make_call(), make_call()
    tell(call, 500, 3)
    tell(call, 200, 2)
    tell(other, 500, 2)
    now = now_ms()
    first, apart = sorted(outbox.take(now), key=lambda one: one.call_id)
    assert (first.call_id, first.change, apart.call_id) == (call.pk, "failed", other.pk)
    outbox.end(attempt(first, 500), now)
    assert outbox.take(now) == []
    assert Delivery.objects.filter(webhook=hook, attempts=0).get().change == "recovered"
    (again,) = outbox.take(now + 10_000)
    outbox.end(attempt(again, 200), now + 10_000)
    (second,) = outbox.take(now + 10_000)
    assert second.change == "recovered"


def test_an_older_event_that_will_not_arrive_holds_the_next_one_for_a_quarter_of_an_hour():
    make_webhook()
    call = make_call()
    tell(call, 500, 3)
    tell(call, 200, 2)
    now = now_ms()
    outbox.end(attempt(outbox.take(now)[0], 400, retry_after="7200"), now)
    assert outbox.take(now + IN_ORDER_MS - 5_000) == []
    assert [one.change for one in outbox.take(now + IN_ORDER_MS)] == ["recovered"]


def test_sent_again_it_keeps_its_id_and_begins_anew():
    queue(make_webhook())
    (taken,) = outbox.take(NOW)
    assert not webhook.send_again(taken, NOW)  # it is on the wire
    outbox.end(attempt(taken, 200), NOW)
    assert webhook.send_again(taken, NOW + 10)
    (again,) = outbox.take(NOW + 10)
    assert (again.event_id, again.attempts, again.state) == (taken.event_id, 1, "sending")


def team_of(*services, members=()):
    team = Team.objects.create(name="Team", slug="team")
    team.services.set(services)
    team.members.set(members)
    return team


def test_each_webhook_is_told_what_it_asked_for_within_its_reach():
    shop, bank = make_service(), make_service()
    ann = User.objects.create_user("ann")
    team = team_of(shop, members=[ann])
    hooks = {
        "all": make_webhook(),
        "bank": make_webhook(services=[bank]),
        "recoveries": make_webhook(changes=["recovered"]),
        "off": make_webhook(enabled=False),
        "team": make_webhook(team=team),
        "ann": make_webhook(owner=ann),
        "ann's bank": make_webhook(owner=ann, services=[bank]),
        "left": make_webhook(owner=User.objects.create_user("left", is_active=False)),
        "stranger": make_webhook(owner=User.objects.create_user("eve")),
    }
    names = {hook.pk: name for name, hook in hooks.items()}
    tell(make_call(shop))
    assert {names[pk] for pk in Delivery.objects.values_list("webhook_id", flat=True)} == {"all", "team", "ann"}
    Delivery.objects.all().delete()
    tell(make_call(bank))
    assert {names[pk] for pk in Delivery.objects.values_list("webhook_id", flat=True)} == {"all", "bank"}


def test_what_left_the_reach_meanwhile_is_not_told_any_more():
    shop = make_service()
    team = team_of(shop)
    hook = make_webhook(team=team)
    tell(make_call(shop))
    queue(hook)
    team.services.clear()
    assert [one.change for one in outbox.take(now_ms())] == ["test"]
    assert Delivery.objects.exclude(change="test").get().state == "gave_up"


def test_one_event_is_the_same_for_all_who_are_told():
    make_webhook()
    make_webhook()
    tell(make_call())
    first, second = Delivery.objects.all()
    assert first.event_id == second.event_id and json.loads(first.body) == json.loads(second.body)


def test_old_deliveries_go():
    queue(make_webhook(), now=NOW)
    assert webhook.old_deliveries(NOW + 29 * 86_400_000).count() == 0
    assert webhook.old_deliveries(NOW + 31 * 86_400_000).count() == 1


def test_a_webhook_deleted_while_it_is_sent_to_leaves_nothing():
    hook = make_webhook()
    queue(hook)
    (taken,) = outbox.take(NOW)
    hook.delete()
    outbox.end(attempt(taken, 200), NOW)
    assert not Delivery.objects.exists() and not Webhook.objects.exists()
