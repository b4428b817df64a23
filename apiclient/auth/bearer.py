"""A bearer token (RFC 6750) in every request."""

from apiclient.auth.kind import Filled, Kind, Member, hiding, with_header
from apiclient.http import Request


def with_bearer(request: Request, token: str) -> Request:
    """ValueError when the token cannot stand in a header."""
    return hiding(with_header(request, "Authorization", f"Bearer {token}"), token)


def _apply(request: Request, auth: Filled) -> Request:
    return with_bearer(request, auth["token"].strip())


BEARER = Kind("bearer", "Bearer token", (Member("token", "Token", secret=True),), _apply)
