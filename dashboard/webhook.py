"""Webhooks seen, made and changed, by pages, API and admin alike: nobody has anybody told of what they do not see."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.db.models import Q, QuerySet

from apiclient import webhook as telling
from apiclient.http.redact import MASK, redact_url
from apiclient.models import Delivery, Service, Team, Webhook
from apiclient.reach import reach_of
from dashboard.access import may_edit, note, reach, within

NOT_KEPT = f"{MASK} stands for what is kept, and it is not kept for this address. Give the whole address."


def listed(request: Any) -> QuerySet[Webhook]:
    """Those that who asks sees: their own and their teams', for admins all.

    Who asks by a token that is limited to services sees those that tell of no others.
    """
    webhooks = telling.of_user(request.user).prefetch_related("services")
    if not _is_limited(request):
        return webhooks
    outside = Service.objects.exclude(pk__in=reach(request) or ())
    return webhooks.filter(limited=True).exclude(services__in=outside)


def deliveries(request: Any) -> QuerySet[Delivery]:
    """Those of events that who asks may know of, and of tests."""
    known = reach(request)
    rows = Delivery.objects.filter(webhook__in=listed(request).order_by().values("pk"))
    return rows if known is None else rows.filter(Q(service_id__isnull=True) | Q(service_id__in=known))


def services(request: Any) -> QuerySet[Service]:
    """Those that a webhook can be limited to."""
    return within(request, Service.objects.order_by("name"), "pk")


def limit(request: Any, webhook: Webhook) -> list[Service] | None:
    """The services that a webhook is limited to, as far as who asks may see them; None is no limit."""
    known = reach(request)
    named = [service for service in webhook.services.all() if known is None or service.pk in known]
    return named if webhook.limited else None


def teams(request: Any) -> QuerySet[Team]:
    """Those that who asks can give a webhook to."""
    if reach_of(request.user) is None:
        return Team.objects.all()
    return Team.objects.filter(members=request.user)


def shown_url(request: Any, webhook: Webhook) -> str:
    """The address with its secrets masked; for who may not change it no more than its host, since a path can be one."""
    if may_edit(request):
        return redact_url(webhook.url)
    parts = urlsplit(webhook.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{MASK}"


def whole_url(url: str, before: str) -> str:
    """The kept address where it is sent back as it was shown. ValueError where a mask stands for nothing kept."""
    if before and url == redact_url(before):
        return before
    if MASK in url:
        raise ValueError(NOT_KEPT)
    return url


def save(request: Any, webhook: Webhook, chosen: Sequence[Service] | None = None) -> Webhook:
    """Save what was checked; ``chosen`` None leaves the services as they are, none chosen are all in reach.

    It belongs to its team, else to its owner, else to who asks. A limit of the token that asks is a limit of it.
    """
    flag = CHANGE if webhook.pk else ADDITION
    if webhook.team is not None:
        webhook.owner = None
    elif webhook.owner is None:
        webhook.owner = request.user
    with transaction.atomic():
        webhook.save()
        if chosen is not None or flag == ADDITION:
            webhook.limit_to(services(request) if not chosen and _is_limited(request) else chosen or ())
        note(request, webhook, flag, f"{webhook.name} was {'added' if flag == ADDITION else 'saved'}.")
    return webhook


def change_secret(request: Any, webhook: Webhook, secret: str = "") -> str:
    """The new secret, which is shown this once; the one before goes on to sign for a day."""
    with transaction.atomic():
        newest = webhook.change_secret(secret)
        note(request, webhook, CHANGE, "Its secret was changed.")
    return newest


def delete(request: Any, webhook: Webhook) -> None:
    with transaction.atomic():
        note(request, webhook, DELETION, f"{webhook.name} was deleted.")
        webhook.delete()


def _is_limited(request: Any) -> bool:
    """Whether the request may show less than who asks: it comes with a token that is limited."""
    return reach(request) != reach_of(request.user)
