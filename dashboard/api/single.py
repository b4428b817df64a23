"""``POST outcomes/`` of one outcome by a token: the short way, for programs that tell outcomes one by one.

It knows what is allowed and nothing else: whatever could be refused goes the long way, which says why. So its answers
are those of the long way, for less than a third of the time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from apiclient import push
from apiclient.models import Scope, Token, TokenError
from apiclient.reach import Reach, reach_of
from apiclient.submission import read
from dashboard.api import strict, throttle
from dashboard.api.submission import JSON

PATH = "/api/v1/outcomes/"
BEARER, ANYTHING = "Bearer ", "*/*"
BELIEVED_S = 1.0
"""So long a process believes in a token: after that it is revoked, expired or limited here too."""
MOST_BELIEVED = 1_000
MOST_BYTES = 64 << 10
UNUSUAL = ("QUERY_STRING", "HTTP_COOKIE", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING", "HTTP_ORIGIN")
COUNTS = {push.Kept.STORED: {"stored": 1, "duplicates": 0}, push.Kept.DUPLICATE: {"stored": 0, "duplicates": 1}}


@dataclass(frozen=True, slots=True)
class Believed:
    """A token that may push, and what it reaches, until a moment of ``time.monotonic()``."""

    token: Token
    reach: Reach
    until: float


class SingleMiddleware:
    """Answers a single push that there is nothing to say about; any other request goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._believed: dict[tuple[str, str], Believed] = {}
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH and request.method == "POST" and _is_usual(request):
            return self._answer(request) or self.get_response(request)
        return self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        believed = self._look_up(request)
        if believed is None:
            return None
        try:
            submission = read(strict.loads(request.body))
        except (ValueError, OSError):
            return None
        if throttle.is_limited(believed.token):
            return None
        result = push.store_one(submission, believed.reach)
        return JsonResponse(COUNTS[result] | {"invalid": 0, "errors": []}) if result in COUNTS else None

    def _look_up(self, request: HttpRequest) -> Believed | None:
        key = request.META["HTTP_AUTHORIZATION"], throttle.address(request)
        now = time.monotonic()
        known = self._believed.get(key)
        if known and now < known.until:
            return known
        found = _believe(request, now + BELIEVED_S)
        with self._lock:
            if len(self._believed) >= MOST_BELIEVED:
                self._believed.clear()
            if found:
                self._believed[key] = found
        return found


def _is_usual(request: HttpRequest) -> bool:
    meta = request.META
    length = str(meta.get("CONTENT_LENGTH") or "")
    return (
        meta.get("HTTP_AUTHORIZATION", "").startswith(BEARER)
        and meta.get("HTTP_ACCEPT", ANYTHING) in (ANYTHING, JSON)
        and meta.get("CONTENT_TYPE") == JSON
        and length.isdigit()
        and len(length) < 6
        and int(length) <= MOST_BYTES
        and not any(meta.get(name) for name in UNUSUAL)
    )


def _believe(request: HttpRequest, until: float) -> Believed | None:
    """None for a token that may not push, about which the long way has something to say."""
    try:
        token = Token.find(request.META["HTTP_AUTHORIZATION"].removeprefix(BEARER))
        throttle.refuse_guesser(request, token)
    except (TokenError, throttle.TooManyRequests):
        return None
    if not token.allows(Scope.PUSH) or not token.owner.has_perm("apiclient.change_call"):
        return None
    token.note_use()
    return Believed(token, reach_of(token.owner, token), until)
