"""What a page is about, where the one who asks may see it; who may change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from apiclient.models import Call, Service
from dashboard.access import may_edit, within
from dashboard.access import note as note

Page = Callable[..., HttpResponse]


def editors_only(page: Page) -> Page:
    """Everybody else is told that they may not."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_edit(request):
            raise PermissionDenied
        return page(request, *args, **kwargs)

    return guarded


def find_service(request: HttpRequest, slug: str) -> Service:
    """404 for one that is out of reach, as for one that is not there."""
    return get_object_or_404(within(request, Service.objects.all(), "pk"), slug=slug)


def find_call(request: HttpRequest, service_slug: str, slug: str) -> Call:
    """With its service; 404 as above."""
    calls = within(request, Call.objects.select_related("service"), "service")
    return get_object_or_404(calls, service__slug=service_slug, slug=slug)
