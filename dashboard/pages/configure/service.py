"""A service created and edited."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from dashboard.access import sharing
from dashboard.forms import ServiceForm
from dashboard.pages.access import editors_only, find_service, note
from dashboard.templatetags.dashboard import visible


@editors_only
def new(request: HttpRequest) -> HttpResponse:
    """Leads on to its first call."""
    if problem := sharing(request).problem:
        messages.error(request, problem)
        return redirect("overview")
    form = ServiceForm(request.POST if request.method == "POST" else None, sharing=sharing(request))
    if request.method == "POST" and form.is_valid() and (service := form.save()):
        note(request, service, ADDITION, f"{service.name} was added in the pages.")
        messages.success(request, f"{visible(service.name)} was added. Now its first call.")
        return redirect(f"{reverse('call-new')}?service={service.slug}")
    return _page(request, form, {"title": "New service", "back": reverse("overview")})


@editors_only
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    service = find_service(request, slug)
    form = ServiceForm(request.POST if request.method == "POST" else None, instance=service, sharing=sharing(request))
    if request.method == "POST" and form.is_valid() and (saved := form.save()):
        note(request, saved, CHANGE, f"{saved.name} was saved in the pages.")
        messages.success(request, f"{visible(saved.name)} was saved.")
        return redirect("service", saved.slug)
    context = {"title": "Edit service", "back": reverse("service", args=[slug]), "slug": slug}
    return _page(request, form, context | {"kept": find_service(request, slug)})


def _page(request: HttpRequest, form: ServiceForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "dashboard/configure/service.html", {"form": form} | context)
