"""X-Request-ID: what ties an answer to the lines of our log, and to those of whoever asked."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")
current: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this thread answers; '' outside of one."""


class RequestIdMiddleware:
    """The request's own where it is sane, else one made up; on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        known = given if SANE.fullmatch(given) else uuid.uuid4().hex
        before = current.set(known)
        try:
            response = self.get_response(request)
        finally:
            current.reset(before)
        response[HEADER] = known
        return response
