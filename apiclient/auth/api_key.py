"""A key in a header or a query parameter of every request."""

from dataclasses import replace
from urllib.parse import quote

from apiclient.auth.kind import Filled, Kind, Member, with_header
from apiclient.http import Request
from apiclient.http.validate import problem_with_header, problem_with_url

HEADER, QUERY = "header", "query"


def _apply(request: Request, auth: Filled) -> Request:
    if auth["in"] == HEADER:
        return with_header(request, auth["name"], auth["value"].strip())
    address, hash_, fragment = request.url.partition("#")
    joint = "" if address[-1] in "?&" else "&" if "?" in address else "?"
    url = f"{address}{joint}{quote(auth['name'], safe='')}={quote(auth['value'], safe='')}{hash_}{fragment}"
    if problem_with_url(url):
        raise ValueError("value: with it the URL is longer than what is allowed.")
    return replace(request, url=url)


def problem_with(auth: Filled) -> str | None:
    """What no member can tell alone."""
    if auth["in"] != HEADER or "{{" in auth["name"]:
        return None
    problem = problem_with_header(auth["name"], "")
    return f"name: {problem}" if problem else None


API_KEY = Kind(
    "api_key",
    "API key",
    (
        Member("in", "Sent in", choices=(HEADER, QUERY)),
        Member("name", "Name", "Of the header or the parameter: X-Api-Key."),
        Member("value", "Key", secret=True),
    ),
    _apply,
    problem_with,
)
