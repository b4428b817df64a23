"""HTTP Basic (RFC 7617): user and password in every request, in UTF-8."""

import base64

from apiclient.auth.kind import Filled, Kind, Member, hiding, with_header
from apiclient.http import Request


def problem_with_user(user: str) -> str | None:
    """None when this user can be told from the password."""
    return "a colon is not allowed, servers take what follows it for the password." if ":" in user else None


def encoded(user: str, password: str) -> str:
    """What follows the word Basic. ValueError for a user with a colon, at which servers would part it."""
    if problem := problem_with_user(user):
        raise ValueError(f"user: {problem}")
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _apply(request: Request, auth: Filled) -> Request:
    proof = encoded(auth["user"], auth["password"])
    return hiding(with_header(request, "Authorization", f"Basic {proof}"), proof)


BASIC = Kind(
    "basic",
    "User and password (Basic)",
    (
        Member("user", "User", "user|organisation where the server has several of them.", check=problem_with_user),
        Member("password", "Password", secret=True),
    ),
    _apply,
)
