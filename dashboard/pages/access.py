"""Who may change what is configured, and the note of what they did."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from dashboard.access import may_edit

Page = Callable[..., HttpResponse]


def editors_only(page: Page) -> Page:
    """Everybody else is told that they may not."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_edit(request):
            raise PermissionDenied
        return page(request, *args, **kwargs)

    return guarded


def note(request: HttpRequest, thing: Any, flag: int, words: str) -> None:
    """Who did what to which thing, where the admin's history shows it. ``flag`` is one of LogEntry's."""
    user: Any = request.user
    LogEntry.objects.log_actions(user.pk, [thing], flag, words, single_object=True)
