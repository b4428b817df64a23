"""How much may be asked in a minute: by a token, by an address, and by who guesses tokens."""

from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated, PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apiclient.models import Scope, Token
from dashboard.access import token_of
from dashboard.api.permission import scope_of
from dashboard.cache.shared import seconds_left, shared

FAILURES = 60
"""So many requests that do not sign in may come from an address in a minute."""
BELIEVED_S = 5
"""So long a process believes that nobody guesses a token: not every request has to ask the shared cache."""


class TooManyRequests(Throttled):
    """429 with the seconds after which the next minute begins."""

    def __init__(self, sentence: str) -> None:
        self.wait = seconds_left()
        APIException.__init__(self, f"{sentence} Ask again in {self.wait} s.")


class Rate(BaseThrottle):
    """ANSWERBACK_API_RATE and, for what needs the scope ``push``, ANSWERBACK_PUSH_RATE; 0 is no limit."""

    def allow_request(self, request: Request, view: Any) -> bool:
        pushes = scope_of(request, view) is Scope.PUSH
        name, limit = ("push", settings.ANSWERBACK_PUSH_RATE) if pushes else ("api", settings.ANSWERBACK_API_RATE)
        token = token_of(request)
        who = f"token:{token.pk}" if token else f"address:{address(request)}"
        if limit and shared.exceeds(f"{name}:{who}", limit):
            by = "this token" if token else "this address"
            raise TooManyRequests(f"More than {limit} requests a minute by {by}.")
        return True


def is_limited(token: Token) -> bool:
    """Whether one more push by this token, which is counted, is too many."""
    limit = settings.ANSWERBACK_PUSH_RATE
    return bool(limit) and shared.exceeds(f"push:token:{token.pk}", limit)


def instead(error: Exception, request: Request, view: Any) -> Exception:
    """The error that refuses a request, counted, since the view's throttle never sees it; a 429 after too many."""
    try:
        if isinstance(error, NotAuthenticated | AuthenticationFailed) and settings.ANSWERBACK_API_RATE:
            _count_failure(f"failed:{address(request)}")
        elif isinstance(error, PermissionDenied):
            Rate().allow_request(request, view)
    except TooManyRequests as many:
        return many
    return error


def note_guess(request: Request, public: str) -> None:
    """Somebody at this address gave a wrong secret for the token of this public part."""
    shared.count(_guesses(request, public))


def refuse_guesser(request: Any, token: Token) -> None:
    """TooManyRequests where so many secrets were tried that this one, though right, may be a hit."""
    key = _guesses(request, token.public)
    if cache.get(key):
        return
    if shared.counted(key) > FAILURES:
        raise TooManyRequests(TOO_MANY_FAILURES)
    cache.set(key, "few", BELIEVED_S)


def address(request: Any) -> str:
    """Whence it came, as far as the proxies in front are counted; of IPv6 the network, since a host has all of it."""
    told = [hop for part in request.headers.get("X-Forwarded-For", "").split(",") if (hop := part.strip())]
    proxies = settings.ANSWERBACK_PROXIES
    found = told[-proxies] if 0 < proxies <= len(told) else request.META.get("REMOTE_ADDR", "")
    try:
        known = ip_address(found)
    except ValueError:
        return "unknown"
    known = getattr(known, "ipv4_mapped", None) or known
    return str(known) if known.version == 4 else str(ip_network((known, 64), strict=False)[0])


def _guesses(request: Any, public: str) -> str:
    return f"guess:{public}:{address(request)}"


def _count_failure(key: str) -> None:
    if shared.count(key) > FAILURES:
        raise TooManyRequests(TOO_MANY_FAILURES)


TOO_MANY_FAILURES = f"More than {FAILURES} requests a minute from this address did not sign in."
