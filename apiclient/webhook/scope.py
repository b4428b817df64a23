"""Which services a webhook may tell of, and whose webhooks somebody sees."""

from typing import Any

from django.db.models import Q, QuerySet

from apiclient.models import Webhook
from apiclient.reach import Reach, reach_of


def scope_of(webhook: Webhook) -> Reach:
    """What its owner or its team can see at this moment, less what it is not limited to."""
    seen = _seen_by(webhook)
    if not webhook.limited:
        return seen
    named = frozenset(webhook.services.order_by().values_list("pk", flat=True))
    return named if seen is None else named & seen


def of_user(user: Any) -> QuerySet[Webhook]:
    """The webhooks that somebody sees: their own and those of their teams; all for who sees every service."""
    webhooks = Webhook.objects.select_related("owner", "team")
    if reach_of(user) is None:
        return webhooks
    return webhooks.filter(Q(owner=user.pk) | Q(team__in=user.teams.order_by().values("pk")))


def _seen_by(webhook: Webhook) -> Reach:
    if webhook.team is not None:
        return frozenset(webhook.team.services.order_by().values_list("pk", flat=True))
    owner = webhook.owner
    return reach_of(owner) if owner is not None and owner.is_active else frozenset()
