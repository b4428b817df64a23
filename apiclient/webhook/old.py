"""What is deleted of webhooks by age: deliveries nobody asks for any more, and what is known of calls that pass."""

from django.db.models import QuerySet

from apiclient.catalogue import Verdict
from apiclient.models import Delivery, Standing, Webhook
from apiclient.slot import first_slot
from apiclient.webhook.hint import NEWS_MS

KEPT_MS = 30 * 86_400_000


def old_deliveries(now_ms: int) -> QuerySet[Delivery]:
    """Those queued so long ago that nobody asks for them any more."""
    return Delivery.objects.filter(queued_ms__lt=now_ms - KEPT_MS)


def forget(now_ms: int) -> None:
    """Drop standings that say no more than none would: of what has long passed, and all where nobody listens."""
    standings = Standing.objects.all()
    if Webhook.objects.filter(enabled=True).exists():
        standings = standings.filter(verdict=Verdict.PASSED, since__lt=first_slot(now_ms - NEWS_MS))
    standings.delete()
