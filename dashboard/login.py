"""Login required on every page; where a script asks for a part of one, the whole page goes to the login."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django_htmx.http import HttpResponseClientRedirect


class LoginMiddleware(LoginRequiredMiddleware):
    """Django's own, for htmx too, which would put the login page into the part that it asked for."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        answer = super().handle_no_permission(request, view_func)
        if "HX-Request" not in request.headers:
            return answer
        shown = urlsplit(request.headers.get("HX-Current-URL", "/"))
        here = f"{shown.path}?{shown.query}" if shown.query else shown.path
        return HttpResponseClientRedirect(redirect_to_login(here).url)
