"""Folders and requests of a collection -> calls that know where they go. Pure."""

from collections.abc import Iterator
from typing import Any

from apiclient.importers.described import Answer, DescribedCall
from apiclient.importers.located import Located, names_of
from apiclient.importers.naming import Names, one_line
from apiclient.importers.part import Part
from apiclient.importers.postman.auth import NOT_SAID, auth_of
from apiclient.importers.postman.body import body_of
from apiclient.importers.postman.collection import Collection
from apiclient.importers.postman.url import url_of
from apiclient.importers.recorded import BODILESS, LONGEST_BODY, LONGEST_PATH, METHODS, paused_unless_complete

MOST_CALLS = 5000
LONGEST_MESSAGE = 300
BETWEEN = " / "


def calls_of(collection: Collection) -> Iterator[Located]:
    """Every request, in the order of the collection."""
    found, is_possible = auth_of(collection, collection.part)
    collection.auth = {} if found is NOT_SAID else found
    _note_scripts(collection, collection.part, "the collection")
    requests = _requests(collection, collection.part, (), collection.auth, is_possible)
    for count, (item, names, auth, may_sign_in) in enumerate(requests):
        if count >= MOST_CALLS:
            raise ValueError(f"item: more than {MOST_CALLS} requests. Export its folders one by one.")
        if located := _located(collection, item, BETWEEN.join(filter(None, names)), auth, may_sign_in):
            yield located


def _requests(
    collection: Collection, folder: Part, names: tuple[str, ...], auth: dict[str, Any], is_possible: bool
) -> Iterator[tuple[Part, tuple[str, ...], dict[str, Any], bool]]:
    """Each request with the names of its folders and the auth that it inherits."""
    for item in folder.at("item").items():
        if item.value is None:
            continue
        below = (*names, " ".join(item.text("name").split()))
        _note_scripts(collection, item, item.place)
        own, own_is_possible = auth_of(collection, item) if "auth" in item else (NOT_SAID, True)
        found, may = (auth, is_possible) if own is NOT_SAID else (own, own_is_possible)
        if "item" in item:
            yield from _requests(collection, item, below, found, may)
        elif "request" in item:
            yield item, below, found, may


def _note_scripts(collection: Collection, owner: Part, place: str) -> None:
    events = owner.at("event")
    for event in [events] if isinstance(events.value, dict) else events.items():
        if event.at("script").value:
            collection.scripts.append(f"{place} ({one_line(event.text('listen'), 20)})")


def _located(collection: Collection, item: Part, name: str, auth: dict[str, Any], may: bool) -> Located | None:
    request = item.at("request")
    is_short = isinstance(request.value, str)
    method = "GET" if is_short else (request.text("method") or "GET").upper()
    if method not in METHODS:
        request.note(f"no call can be made by {one_line(method, 20)}; it was left out.")
        return None
    target = url_of(collection, request if is_short else request.at("url"))
    if not is_short and "auth" in request:
        own, own_may = auth_of(collection, request)
        auth, may = (auth, may) if own is NOT_SAID else (own, own_may)
    headers, body, written = ({}, "", {}) if is_short else _content(collection, request, method, auth)
    auth = auth or written
    if len(target.path) > LONGEST_PATH or len(body.encode()) > LONGEST_BODY:
        request.note("its path or body is longer than a call's can be; it was left out.")
        return None
    otherwise = f"{method} {target.path.partition('?')[0] or '/'}"
    taken, slug = collection.names.setdefault((target.base_url, target.label), Names()).take(
        name or otherwise, otherwise
    )
    call = DescribedCall(
        name=taken,
        slug=slug,
        method=method,
        path=target.path,
        headers=headers or None,
        body=body or None,
        enabled=None if may and target.is_complete else False,
        answers=_answers(item) or None,
    )
    return Located(target.base_url, _paused(collection, call, auth, request), auth, target.label)


def _paused(collection: Collection, call: DescribedCall, auth: dict[str, Any], request: Part) -> DescribedCall:
    known = frozenset(collection.variables.values)
    for name in sorted(names_of(call, auth) - known):
        if not name.startswith("secret."):
            collection.missing.setdefault(name, []).append(request.place)
    return paused_unless_complete(call, auth, known)


def _content(
    collection: Collection, request: Part, method: str, auth: dict[str, Any]
) -> tuple[dict[str, str], str, dict[str, Any]]:
    """Headers, body, and the auth that a header stood for. A header that the auth writes anew is left out."""
    given = _headers(collection, request.at("header"))
    if auth and auth.get("kind") != "api_key":
        given = {name: value for name, value in given.items() if name.lower() != "authorization"}
    headers, found = collection.concealer.headers(given, request.place)
    if method in BODILESS:
        return {name: value for name, value in headers.items() if name.lower() != "content-type"}, "", found
    body = body_of(collection, request.at("body"))
    if body.text and body.media_type and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = body.media_type
    return headers, body.text, found


def _headers(collection: Collection, part: Part) -> dict[str, str]:
    """A list of objects, or lines of text."""
    if isinstance(part.value, str):
        pairs = [line.partition(":")[::2] for line in part.value.splitlines() if ":" in line]
    else:
        rows = [row for row in part.items() if isinstance(row.value, dict) and row.flag("disabled") is not True]
        pairs = [(row.text("key"), row.text("value")) for row in rows]
    return {
        name.strip(): collection.text(value.strip(), part.place)
        for name, value in pairs
        if name.strip() and name.isascii() and name.isprintable() and " " not in name.strip() and "{{" not in name
    }


def _answers(item: Part) -> tuple[Answer, ...]:
    """The saved examples, one for each code; its name says more than the code's own words."""
    found: dict[str, Answer] = {}
    for response in item.at("response").items():
        if not isinstance(response.value, dict):
            continue
        code = response.text("code")
        if not code.isascii() or not code.isdecimal() or not 100 <= int(code[:6]) <= 599:
            response.note("it has no status code and documents nothing.")
            continue
        words = response.text("name")
        message = response.text("status") if words.strip() in ("", code) else words
        found.setdefault(code, Answer(code, one_line(message, LONGEST_MESSAGE)))
    return tuple(found.values())
