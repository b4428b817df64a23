"""Sessions of the asked server: each request that signs in opens one, so whoever asks also logs out. Pure."""

from typing import Any

COOKIE = {"Cookie": "JSESSIONID={{ session }}"}
"""Of every further request of a slot: without it, that would open a session of its own."""

CAPTURE: dict[str, Any] = {"name": "session", "from": "cookie", "expression": "JSESSIONID"}


def log_out() -> dict[str, Any]:
    """The step that ends the session, whatever came before."""
    return {
        "name": "Log out",
        "method": "GET",
        "path": "/logout.html",
        "headers": dict(COOKIE),
        "expected_codes": "302",
        "always": True,
    }


def step(name: str, method: str, path: str, expected_codes: str, **members: Any) -> dict[str, Any]:
    """A request within the session that the first one opened."""
    headers = COOKIE | members.pop("headers", {})
    return {
        "name": name,
        "method": method,
        "path": path,
        "headers": headers,
        "expected_codes": expected_codes,
    } | members
