"""The secrets of a service: their names for who sees it, values given, replaced and deleted by editors."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from apiclient.models import Secret, Service
from apiclient.models.secret import reason_to_keep
from dashboard.access import may_edit
from dashboard.forms import NewSecretForm, SecretValueForm
from dashboard.pages.access import editors_only, find_service, note


def secrets(request: HttpRequest, slug: str) -> HttpResponse:
    service = find_service(request, slug)
    found = list(service.secrets.defer("value").select_related("service"))
    context = {
        "service": service,
        "rows": [(secret, secret.using_calls()) for secret in found],
        "may_edit": may_edit(request),
    }
    return render(request, "dashboard/secrets.html", context)


@never_cache
@editors_only
def new(request: HttpRequest, slug: str) -> HttpResponse:
    service = find_service(request, slug)
    form = NewSecretForm(request.POST if request.method == "POST" else None, service=service)
    if request.method == "POST" and form.is_valid() and (secret := form.save()):
        note(request, secret, ADDITION, f"A secret of {service.name} was added in the pages.")
        messages.success(request, f"{secret.name} was added. Write {secret.placeholder} where it is to be put in.")
        return redirect("secrets", slug)
    return _page(request, service, {"form": form, "title": "New secret"})


@never_cache
@editors_only
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    service, secret = _find(request, slug, pk)
    form = SecretValueForm(request.POST if request.method == "POST" else None, instance=secret)
    if request.method == "POST" and form.is_valid() and form.save():
        note(request, secret, CHANGE, f"The value of a secret of {service.name} was replaced in the pages.")
        messages.success(request, f"{secret.name} has its new value, which calls send from now on.")
        return redirect("secrets", slug)
    return _page(request, service, {"form": form, "title": "Replace the value", "secret": secret})


@editors_only
def delete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    service, secret = _find(request, slug, pk)
    if request.method == "POST" and _delete(request, secret):
        return redirect("secrets", slug)
    context = {"service": service, "secret": secret, "reason": reason_to_keep(secret), "calls": secret.using_calls()}
    return render(request, "dashboard/configure/secret_delete.html", context)


def _delete(request: HttpRequest, secret: Secret) -> bool:
    try:
        with transaction.atomic():
            note(request, secret, DELETION, f"A secret of {secret.service.name} was deleted in the pages.")
            secret.delete()
    except ProtectedError:
        return False
    messages.success(request, f"{secret.name} was deleted.")
    return True


def _find(request: HttpRequest, slug: str, pk: int) -> tuple[Service, Secret]:
    service = find_service(request, slug)
    return service, get_object_or_404(service.secrets.select_related("service"), pk=pk)


def _page(request: HttpRequest, service: Service, context: dict[str, Any]) -> HttpResponse:
    return render(request, "dashboard/configure/secret.html", {"service": service} | context)
