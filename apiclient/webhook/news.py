"""Codes that a call has never answered before: told once for each call and code, to whoever wants to know of them."""

from collections.abc import Sequence

from django.db import transaction

from apiclient import first_seen
from apiclient.models import Delivery, FirstSeen, Location, Outcome, Webhook
from apiclient.models.answer import references_of
from apiclient.models.webhook import Change
from apiclient.reference import row_for
from apiclient.slot import due_ms_of
from apiclient.webhook import event
from apiclient.webhook.hint import NEWS_MS
from apiclient.webhook.outbox import delivery_of, may_know
from apiclient.webhook.scope import scope_of

AT_ONCE = 500
TOLD = {Change.NEW_CODE.value, Change.UNDOCUMENTED.value}


def is_news(now_ms: int) -> bool:
    """Whether there is a code that nobody has looked at."""
    return FirstSeen.objects.filter(is_news=True).exists()


def tell_news(now_ms: int) -> int:
    """Look at what is news, up to AT_ONCE of it: how many deliveries came of it. Two at a time wait for each other.

    What is documented is judged once more: a reference may have been edited while the outcome was recorded.
    """
    with transaction.atomic():
        news = list(FirstSeen.objects.select_for_update().filter(is_news=True).order_by("pk")[:AT_ONCE])
        if not news:
            return 0
        first_seen.review(news)
        fresh = [one for one in news if due_ms_of(one.slot) > now_ms - NEWS_MS]
        made = _deliveries(fresh, now_ms)
        FirstSeen.objects.filter(pk__in=[one.pk for one in news]).update(is_news=False)
        return len(Delivery.objects.bulk_create(made, ignore_conflicts=True))


def _deliveries(news: Sequence[FirstSeen], now_ms: int) -> list[Delivery]:
    webhooks = [one for one in Webhook.objects.filter(enabled=True).select_related("owner", "team") if _listens(one)]
    if not news or not webhooks:
        return []
    scopes = {webhook.pk: scope_of(webhook) for webhook in webhooks}
    outcomes = Outcome.objects.select_related("call__service", "detail").in_bulk([one.slot for one in news])
    slugs = dict(Location.objects.values_list("number", "slug"))
    references = references_of((one.call_id, one.call.service_id) for one in outcomes.values())
    made: list[Delivery] = []
    for outcome in outcomes.values():
        rows = references[outcome.call_id]
        word = Change.UNDOCUMENTED if first_seen.is_documented(rows, outcome.status_code) is False else Change.NEW_CODE
        told = [one for one in webhooks if _wants(one, word) and may_know(scopes[one.pk], outcome)]
        if told:
            location = slugs.get(outcome.location_id or 0, str(outcome.location_id))
            body = event.first_seen(outcome, word, row_for(rows, outcome.status_code), location, rows)
            made += [delivery_of(one, outcome, event.code_id(outcome), word, body, now_ms) for one in told]
    return made


def _listens(webhook: Webhook) -> bool:
    return bool(TOLD & set(webhook.changes))


def _wants(webhook: Webhook, word: Change) -> bool:
    """Who wants new codes wants those that no reference documents, too."""
    return word.value in webhook.changes or Change.NEW_CODE.value in webhook.changes
