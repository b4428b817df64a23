"""Who may change what is configured."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dashboard.access import may_edit
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
