"""Where a redirect leads and what may be sent there (RFC 9110 section 15.4). Pure."""

from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from apiclient.catalogue.failure import Failure
from apiclient.http.exchange import Request
from apiclient.http.head import Headers
from apiclient.http.redact import hidden_in, redact_text, redact_url
from apiclient.http.validate import problem_with_url
from apiclient.http.wire import STANDARD_PORTS

FOLLOWED = frozenset({301, 302, 303, 307, 308})
BECOMES_GET = {301: frozenset({"POST"}), 302: frozenset({"POST"})}

# Sent on to another origin. Everything else may be a secret under a name nobody listed, so it stays behind.
HARMLESS = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "content-type",
        "pragma",
        "user-agent",
    }
)
ABOUT_THE_BODY = frozenset({"content-type", "content-encoding", "content-language", "content-location"})


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A redirect that is not followed, and why."""

    failure: Failure
    reason: str


def follow(request: Request, status_code: int, headers: Headers, hops: int = 0) -> Request | DeadEnd | None:
    """The next request; a DeadEnd when there may be none; None when the answer is no redirect to follow.

    ``request`` is the one that was answered, ``hops`` the number of redirects followed before it.
    """
    location = location_of(headers)
    if status_code not in FOLLOWED or not location:
        return None
    if hops >= request.limits.redirects:
        return DeadEnd(
            Failure.TOO_MANY_REDIRECTS,
            f"More than {request.limits.redirects} redirects; the next was to {_shown(location, request)}",
        )
    try:
        target = urljoin(request.url, location.replace(" ", "%20")).partition("#")[0]
    except ValueError as error:
        return DeadEnd(
            Failure.BAD_URL,
            f"Redirected to {_shown(location, request)!r}, which cannot be read: {error}",
        )
    if problem := problem_with_url(target):
        return DeadEnd(Failure.BAD_URL, f"Redirected to {_shown(location, request)!r}. {problem}")
    following = _next(request, status_code, target)
    if _origin(target) != _origin(request.url) and _holds_a_secret(following):
        sentence = "That is another server, to which a body with secrets is not sent."
        return DeadEnd(Failure.BLOCKED, f"Redirected to {_shown(location, request)!r}. {sentence}")
    return following


def location_of(headers: Headers) -> str:
    """The first Location header, '' when there is none."""
    return next((value for name, value in headers if name.lower() == "location"), "")


def _shown(location: str, request: Request) -> str:
    """Its beginning, masked before it is cut, since a part of a secret is no longer found."""
    return redact_text(redact_url(location), hidden_in(request))[:200]


def _next(request: Request, status_code: int, target: str) -> Request:
    if _origin(target) != _origin(request.url):
        harmless = tuple(pair for pair in request.headers if pair[0].lower() in HARMLESS)
        request = replace(request, headers=harmless, credential=None)
    headers = request.headers
    if not _turns_to_get(request.method, status_code):
        return replace(request, url=target, headers=headers)
    headers = tuple(pair for pair in headers if pair[0].lower() not in ABOUT_THE_BODY)
    method = "HEAD" if request.method == "HEAD" else "GET"
    return replace(request, url=target, method=method, headers=headers, body=b"")


def _holds_a_secret(request: Request) -> bool:
    return bool(request.body) and any(secret.encode() in request.body for secret in request.secrets)


def _turns_to_get(method: str, status_code: int) -> bool:
    return status_code == 303 or method in BECOMES_GET.get(status_code, ())


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        parts.hostname or "",
        parts.port or STANDARD_PORTS.get(parts.scheme),
    )
