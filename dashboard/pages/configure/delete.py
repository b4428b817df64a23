"""Services and calls deleted, once what is lost has been read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import DELETION
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apiclient import report
from apiclient.models import Call, Message
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from dashboard.pages.access import editors_only, find_call, find_service, note
from dashboard.templatetags.dashboard import visible

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Lost:
    """How many outcomes are counted, and the day of the first of them (UTC), None when there is none."""

    outcomes: int
    since: datetime | None


def lost(calls: frozenset[int] = frozenset(), services: frozenset[int] = frozenset()) -> Lost:
    """What goes with ``calls`` or ``services``, as the counts know it: no outcome is read for it that is counted."""
    span = Selection(EPOCH, timezone.now() + timedelta(days=1), services, calls).whole(DAY_S)
    cells = list(report.cells(span, DAY_S))
    first = min((cell.step for cell in cells), default=None)
    return Lost(sum(cell.number for cell in cells), None if first is None else EPOCH + timedelta(days=first))


@editors_only
def delete_call(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    call = find_call(request, service_slug, slug)
    if request.method == "POST":
        _delete(request, call)
        return redirect("service", service_slug)
    context = {
        "thing": call,
        "call": call,
        "lost": lost(calls=frozenset({call.pk})),
        "others": Call.objects.filter(service=call.service_id).count() - 1,
        "back": reverse("call", args=[service_slug, slug]),
        "pause": reverse("call-pause", args=[service_slug, slug]),
    }
    return render(request, "dashboard/configure/delete.html", context)


@editors_only
def delete_service(request: HttpRequest, slug: str) -> HttpResponse:
    service = find_service(request, slug)
    if request.method == "POST":
        _delete(request, service)
        return redirect("overview")
    context = {
        "thing": service,
        "lost": lost(services=frozenset({service.pk})),
        "calls": service.calls.count(),
        "messages_lost": Message.objects.filter(service=service).count(),
        "back": reverse("service", args=[slug]),
        "pause": reverse("service-pause", args=[slug]),
    }
    return render(request, "dashboard/configure/delete.html", context)


def _delete(request: HttpRequest, thing: Any) -> None:
    """As every door does: what counts of its outcomes is taken out of the other counts on the way."""
    with transaction.atomic():
        note(request, thing, DELETION, "Deleted in the pages.")
        thing.delete()
    messages.success(request, f"{visible(thing.name)} was deleted, with its outcomes.")
