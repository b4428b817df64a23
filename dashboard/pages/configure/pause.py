"""Services and calls paused and resumed."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dashboard.pages.access import editors_only, find_call, find_service, note
from dashboard.templatetags.dashboard import visible


@require_POST
@editors_only
def pause_call(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    _switch(request, find_call(request, service_slug, slug))
    return redirect("call", service_slug, slug)


@require_POST
@editors_only
def pause_service(request: HttpRequest, slug: str) -> HttpResponse:
    _switch(request, find_service(request, slug))
    return redirect("service", slug)


def _switch(request: HttpRequest, thing: Any) -> None:
    """Pause what runs and resume what is paused; ``enabled`` in the form says which of the two was meant."""
    meant = {"on": True, "off": False}.get(request.POST.get("enabled", ""), not thing.enabled)
    if thing.enabled != meant:
        thing.enabled = meant
        thing.save(update_fields=["enabled", "updated_at"])
        note(request, thing, CHANGE, "Resumed." if meant else "Paused.")
    messages.success(request, f"{visible(thing.name)} {'runs again' if meant else 'is paused'}.")
