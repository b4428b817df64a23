"""Webhooks and what was sent to them. A secret is in the one answer that makes it and nowhere else."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apiclient import tasks
from apiclient.clock import now_ms
from apiclient.models import Delivery, Webhook
from dashboard import webhook as telling
from dashboard.access import may_edit
from dashboard.forms import WebhookForm
from dashboard.pages.access import editors_only
from dashboard.templatetags.dashboard import visible

MOST = 100
SOON_MS = 15_000
"""A delivery that is sent within this time is waited for by the page."""


def webhooks(request: HttpRequest) -> HttpResponse:
    newest = telling.deliveries(request).filter(webhook=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = list(telling.listed(request).annotate(newest=Subquery(newest)))
    last = Delivery.objects.in_bulk([row.newest for row in rows if row.newest])
    shown = [(row, telling.shown_url(request, row), telling.limit(request, row), last.get(row.newest)) for row in rows]
    return render(request, "dashboard/webhooks.html", {"rows": shown, "may_edit": may_edit(request)})


def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request, pk)
    rows = list(telling.deliveries(request).filter(webhook=found).order_by("-pk")[: MOST + 1])
    soon = now_ms() + SOON_MS
    context = {
        "webhook": found,
        "url": telling.shown_url(request, found),
        "services": telling.limit(request, found),
        "deliveries": rows[:MOST],
        "more": len(rows) > MOST,
        "most": MOST,
        "is_moving": found.enabled and any(row.next_ms is not None and row.next_ms < soon for row in rows),
        "may_edit": may_edit(request),
    }
    return render(request, "dashboard/webhook.html", context)


@never_cache
@editors_only
def new(request: HttpRequest) -> HttpResponse:
    """The page that answers the form shows the secret: it is in no session, no message and no address."""
    form = WebhookForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (made := form.keep()):
        return _secret(request, made, made.newest_secret)
    return render(request, "dashboard/configure/webhook.html", {"form": form, "title": "New webhook"})


@editors_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    kept = _get(request, pk)
    form = WebhookForm(request, request.POST if request.method == "POST" else None, instance=_get(request, pk))
    if request.method == "POST" and form.is_valid() and (saved := form.keep()):
        messages.success(request, f"{visible(saved.name)} was saved.")
        return redirect("webhook", pk)
    context = {"form": form, "title": "Edit webhook", "kept": kept}
    return render(request, "dashboard/configure/webhook.html", context)


@editors_only
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request, pk)
    if request.method == "POST":
        telling.delete(request, found)
        messages.success(request, f"{visible(found.name)} was deleted.")
        return redirect("webhooks")
    waiting = Delivery.objects.filter(webhook=found, next_ms__isnull=False).count()
    return render(request, "dashboard/configure/webhook_delete.html", {"webhook": found, "waiting": waiting})


@never_cache
@require_POST
@editors_only
def change_secret(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request, pk)
    return _secret(request, found, telling.change_secret(request, found), changed=True)


@require_POST
@editors_only
def test(request: HttpRequest, pk: int) -> HttpResponse:
    found = _get(request, pk)
    if found.enabled:
        tasks.send_test(found)
        messages.success(request, "A test event is on its way.")
    else:
        messages.error(request, f"{visible(found.name)} is off, so nothing is sent. Switch it on first.")
    return redirect("webhook", pk)


@require_POST
@editors_only
def send_again(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    rows = telling.deliveries(request).filter(webhook=_get(request, pk))
    queued = tasks.send_again(get_object_or_404(rows, pk=delivery))
    messages.success(request, "It is sent again, under the same id." if queued else "It is being sent at this moment.")
    return redirect("webhook", pk)


def _get(request: HttpRequest, pk: int) -> Webhook:
    return get_object_or_404(telling.listed(request), pk=pk)


def _secret(request: HttpRequest, found: Webhook, secret: str, **context: Any) -> HttpResponse:
    return render(request, "dashboard/webhook_secret.html", {"webhook": found, "secret": secret} | context)
