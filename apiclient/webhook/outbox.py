"""Deliveries that wait: queued, leased for one attempt, and ended or put off by how it went.

A lease says that somebody is sending: it ends by itself, so a vanished worker delays a delivery and loses none.
"""

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apiclient.catalogue import Failure, Verdict
from apiclient.models import Delivery, Location, Outcome, Webhook
from apiclient.models.answer import references_of
from apiclient.models.delivery import TEST
from apiclient.slot import from_ms
from apiclient.webhook import event
from apiclient.webhook.retry import HOUR_MS, LAST_MS, next_attempt, read_retry_after
from apiclient.webhook.scope import scope_of

LEASE_MS = 60_000
"""Longer than any attempt lasts."""
MOST_AT_ONCE = 20
"""On the wire to one webhook: a receiver that hangs takes no more room than that."""
MOST_LEASED = 1_000
IN_ORDER_MS = 15 * 60_000
"""An event waits for an older one of the same call and webhook, but no longer than until that one is so old."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Attempt:
    """How the ``nth`` attempt at a delivery ended. ``retry_after`` is the receiver's header, ``said`` its words."""

    delivery_id: int
    nth: int
    status_code: int | None
    failure: Failure | None
    took_us: int
    said: str = ""
    retry_after: str = ""

    @property
    def arrived(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


def enqueue(changes: Sequence[Any], now_ms: int) -> int:
    """A delivery of each change for each webhook that wants it and may know of it; how many."""
    webhooks = list(Webhook.objects.filter(enabled=True).select_related("owner", "team")) if changes else []
    if not webhooks:
        return 0
    scopes = {webhook.pk: scope_of(webhook) for webhook in webhooks}
    slugs = dict(Location.objects.values_list("number", "slug"))
    outcomes = Outcome.objects.select_related("call__service", "detail").in_bulk([change.slot for change in changes])
    references = references_of((one.call_id, one.call.service_id) for one in outcomes.values())
    made: list[Delivery] = []
    for change in sorted(changes):
        outcome = outcomes.get(change.slot)  # not there when its call was deleted meanwhile
        word = event.WORDS[Verdict(change.after)]
        told = [one for one in webhooks if outcome and word in one.changes and may_know(scopes[one.pk], outcome)]
        if outcome and told:
            location = slugs.get(change.location_id, str(change.location_id))
            body = event.changed(outcome, change.before, location, references.get(outcome.call_id, ()))
            made += [delivery_of(one, outcome, event.event_id(outcome), word, body, now_ms) for one in told]
    return len(Delivery.objects.bulk_create(made, ignore_conflicts=True))


def send_test(webhook: Webhook, now_ms: int) -> Delivery:
    """Queue an event that says nothing but that events arrive."""
    event_id = f"test-{secrets.token_hex(8)}"
    body = event.test(event_id, webhook, from_ms(now_ms))
    fields = {"change": TEST, "created_ms": now_ms, "queued_ms": now_ms, "next_ms": now_ms}
    return Delivery.objects.create(webhook=webhook, event_id=event_id, body=body, **fields)


def send_again(delivery: Delivery, now_ms: int) -> bool:
    """Queue an event once more under its own id, unless it is on the wire; whether that was done."""
    rows = Delivery.objects.filter(pk=delivery.pk).filter(_is_free(now_ms))
    fresh = {"next_ms": now_ms, "queued_ms": now_ms, "attempts": 0, "lease_until_ms": None}
    return bool(rows.update(**fresh, delivered_ms=None, gave_up_ms=None))


def is_waiting(now_ms: int) -> bool:
    """Whether a delivery is due that nobody is sending."""
    return _due(now_ms).filter(webhook__enabled=True).exists()


def take(now_ms: int) -> list[Delivery]:
    """Lease what is due, fairly between webhooks; each is given to one caller, its attempt counted."""
    ids = list(_due(now_ms).order_by().values_list("webhook_id", flat=True).distinct())
    webhooks = list(Webhook.objects.filter(pk__in=ids, enabled=True).select_related("owner", "team"))
    random.shuffle(webhooks)
    taken: list[Delivery] = []
    for webhook in webhooks:
        if len(taken) < MOST_LEASED:
            taken += _take_of(webhook, now_ms)
    return taken


def end(attempt: Attempt, now_ms: int) -> None:
    """Write how an attempt ended. What a later attempt has ended or is about to end stays, unless this one arrived."""
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("webhook")
        delivery = rows.filter(pk=attempt.delivery_id).first()
        if delivery is None or delivery.delivered_ms is not None:
            return
        if delivery.attempts != attempt.nth and not attempt.arrived:
            return
        delivery.status_code, delivery.failure, delivery.said = attempt.status_code, attempt.failure, attempt.said
        delivery.attempted_ms, delivery.took_us, delivery.lease_until_ms = now_ms, attempt.took_us, None
        _go_on(delivery, attempt, now_ms)
        delivery.save()
        if attempt.status_code == GONE:
            Webhook.objects.filter(pk=delivery.webhook_id).update(enabled=False, gone_at=from_ms(now_ms))


def _go_on(delivery: Delivery, attempt: Attempt, now_ms: int) -> None:
    """Delivered, tried again later, or given up."""
    delivery.next_ms = None
    if attempt.arrived:
        delivery.delivered_ms, delivery.gave_up_ms = now_ms, None
        return
    if attempt.status_code != GONE:
        asked = read_retry_after(attempt.retry_after, datetime.now(UTC))
        delivery.next_ms = next_attempt(delivery.attempts, delivery.queued_ms, now_ms, asked, random.random())
    if delivery.next_ms is None:
        delivery.gave_up_ms = now_ms


def _take_of(webhook: Webhook, now_ms: int) -> list[Delivery]:
    scope = scope_of(webhook)
    with transaction.atomic():
        own = Delivery.objects.filter(webhook=webhook)
        _give_up(own.filter(next_ms__isnull=False), scope, now_ms)
        room = MOST_AT_ONCE - own.filter(lease_until_ms__gt=now_ms).count()
        if room <= 0:
            return []
        rows = own.filter(_is_due(now_ms), ~Exists(_older_of_the_call(now_ms))).order_by("pk")
        taken = list(rows.select_for_update(skip_locked=True, of=("self",))[:room])
        for delivery in taken:
            delivery.webhook, delivery.lease_until_ms = webhook, now_ms + LEASE_MS
            delivery.attempts += 1
        Delivery.objects.bulk_update(taken, ["lease_until_ms", "attempts"])
        return taken


def _give_up(waiting: QuerySet[Delivery], scope: Any, now_ms: int) -> None:
    """What has waited too long while the webhook was off, and what it may not tell any more."""
    doomed = Q(queued_ms__lt=now_ms - LAST_MS - HOUR_MS)
    if scope is not None:
        doomed |= Q(service_id__isnull=False) & ~Q(service_id__in=scope)
    waiting.filter(_is_free(now_ms), doomed).update(next_ms=None, gave_up_ms=now_ms, lease_until_ms=None)


def _older_of_the_call(now_ms: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        webhook=OuterRef("webhook"),
        call_id=OuterRef("call_id"),
        pk__lt=OuterRef("pk"),
        next_ms__isnull=False,
        queued_ms__gt=now_ms - IN_ORDER_MS,
    )


def _due(now_ms: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(_is_due(now_ms))


def _is_due(now_ms: int) -> Q:
    return Q(next_ms__lte=now_ms) & _is_free(now_ms)


def _is_free(now_ms: int) -> Q:
    return Q(lease_until_ms__isnull=True) | Q(lease_until_ms__lte=now_ms)


def may_know(scope: Iterable[int] | None, outcome: Outcome) -> bool:
    """Whether a webhook of this scope may be told of this outcome."""
    return scope is None or outcome.call.service_id in scope


def delivery_of(webhook: Webhook, outcome: Outcome, event_id: str, word: str, body: str, now_ms: int) -> Delivery:
    """What tells this webhook of this outcome, still to be saved."""
    call = outcome.call
    return Delivery(
        webhook=webhook, event_id=event_id, change=word, subject=f"{call.service.slug}/{call.slug}",
        service_id=call.service_id, call_id=call.pk, body=body, created_ms=now_ms, queued_ms=now_ms, next_ms=now_ms,
    )  # fmt: skip
