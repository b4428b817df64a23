"""Requests that were really sent, as browsers and shells keep them: what is secret in them is taken out. Pure."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from apiclient.importers.described import DescribedCall
from apiclient.importers.located import Located, names_of
from apiclient.importers.naming import Names
from apiclient.importers.sensitive import Secrets, is_sensitive

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BODILESS = frozenset({"GET", "HEAD"})
LONGEST_BODY = 200_000
LONGEST_PATH = 2000
_OF_THE_SENDER = re.compile(
    r":.*|sec-.*|accept-encoding|connection|content-length|host|transfer-encoding|te|upgrade-insecure-requests|dnt"
    r"|priority|pragma|cache-control|if-none-match|if-modified-since|user-agent|referer|keep-alive|proxy-.*|postman-token"
    r"|alt-used",
    re.IGNORECASE,
)
"""Headers that the browser made for itself, or that would turn the answer into a 304."""
_HELD = re.compile(r"(\{\{ (?:secret\.)?[A-Za-z][A-Za-z0-9_-]* \}\})")
_JSON_MEMBER = re.compile(r'("([^"\\]{1,100})"\s{0,20}:\s{0,20})"((?:[^"\\]|\\.)+)"')
_XML_ELEMENT = re.compile(r"(<(?:\w{1,30}:)?(\w{1,60})>)([^<>]{1,8000})(?=</)")
_FORM = re.compile(r"[^=&\s{}<>\"]{1,100}=[^\s<>\"]*")
_PATH_SAFE = "/:@!$&'()*+,;=-._~?%[]|{}"


@dataclass(slots=True)
class Recorded:
    """One request. ``place`` is where it stands in the file; ``url`` and texts may hold placeholders already."""

    method: str
    url: str
    place: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    auth: dict[str, Any] = field(default_factory=dict)


class Concealer:
    """Turns requests into calls; ``secrets`` collects what people have to make."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def headers(self, given: dict[str, str], place: str) -> tuple[dict[str, str], dict[str, Any]]:
        """Those worth keeping, and the auth that ``Authorization`` stood for."""
        auth: dict[str, Any] = {}
        kept: dict[str, str] = {}
        for name, value in given.items():
            lower = name.strip().lower()
            if _OF_THE_SENDER.fullmatch(lower) or not value.strip():
                continue
            if lower == "authorization" and (auth := self._auth(value.strip(), place)):
                continue
            kept[name.strip()] = self._header(name.strip(), value.strip(), place)
        return kept, auth

    def _header(self, name: str, value: str, place: str) -> str:
        """Cookies change from request to request, and still are one secret."""
        if name.lower() == "cookie":
            return value if "{{ secret." in value else self.secrets.placeholder("cookie", place)
        return self._value(name, value, place) if _is_hidden(name.lower()) else value

    def _auth(self, value: str, place: str) -> dict[str, Any]:
        kind, _, rest = value.partition(" ")
        if kind.lower() == "bearer" and rest:
            return {"kind": "bearer", "token": self._value("token", rest.strip(), place)}
        if kind.lower() != "basic":
            return {}
        try:
            user, colon, password = b64decode(rest.strip(), validate=True).decode().partition(":")
        except (Base64Error, ValueError):
            return {}
        return self.basic(user, password, place) if colon else {}

    def basic(self, user: str, password: str, place: str) -> dict[str, Any]:
        """Basic auth; the user is no secret."""
        return {"kind": "basic", "user": user, "password": self._value("password", password, place)}

    def _value(self, name: str, value: str, place: str) -> str:
        return value if "{{ secret." in value else self.secrets.placeholder(name, place, value)

    def target(self, target: str, place: str) -> str:
        """Path and query, with what is secret by its name replaced and what no URL may hold encoded."""
        path, mark, query = target.partition("?")
        parts = [self._pair(part, place) for part in query.split("&")] if mark else []
        return _escaped(path) + mark + "&".join(parts)

    def _pair(self, text: str, place: str) -> str:
        name, mark, value = text.partition("=")
        if mark and value and is_sensitive(unquote_plus(name)):
            return f"{_escaped(name)}={self._value(unquote_plus(name), unquote_plus(value), place)}"
        return _escaped(text)

    def body(self, text: str, place: str) -> str:
        """The text as it was, apart from members, elements and fields that are secret by their names."""
        if _FORM.fullmatch(text):
            return "&".join(self.field(part, place) for part in text.split("&"))
        return _XML_ELEMENT.sub(self._member(place), _JSON_MEMBER.sub(self._member(place, '"'), text))

    def field(self, text: str, place: str) -> str:
        name, _, value = text.partition("=")
        if value and is_sensitive(unquote_plus(name)):
            return f"{name}={self._value(unquote_plus(name), unquote_plus(value), place)}"
        return text

    def _member(self, place: str, quotes: str = "") -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            start, name, value = match.groups()
            if name.lower() == "key" or not is_sensitive(name):
                return match[0]
            return f"{start}{quotes}{self._value(name, value, place)}{quotes}"

        return replaced


def _is_hidden(name: str) -> bool:
    return name == "authorization" or is_sensitive(name)


def _escaped(text: str) -> str:
    return "".join(part if _HELD.fullmatch(part) else quote(part, safe=_PATH_SAFE) for part in _HELD.split(text))


def origin_and_target(url: str) -> tuple[str, str, str, str]:
    """``https://host``, ``/path?query``, user and password. ValueError where the URL has no host."""
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:80]!r} is no URL that begins with http:// or https:// and has a host.")
    host = parts.netloc.rpartition("@")[2].lower()
    target = (parts.path or "/" * bool(parts.query)) + (f"?{parts.query}" if parts.query else "")
    return f"{parts.scheme.lower()}://{host}", target, unquote(parts.username or ""), unquote(parts.password or "")


def located(recorded: Recorded, concealer: Concealer, names: Names, name: str = "") -> Located | None:
    """The call that this request makes; None where it is longer than a call can be. ValueError where it has no host."""
    try:
        origin, target, user, password = origin_and_target(recorded.url)
    except ValueError as error:
        raise ValueError(f"{recorded.place}: {error}") from None
    if len(target) > LONGEST_PATH * 4 or len(recorded.body) > LONGEST_BODY:
        return None
    headers, auth = concealer.headers(recorded.headers, recorded.place)
    auth = recorded.auth or auth or (concealer.basic(user, password, recorded.place) if user else {})
    path = concealer.target(target, recorded.place)
    if len(path) > LONGEST_PATH or len(recorded.body.encode()) > LONGEST_BODY:
        return None
    otherwise = f"{recorded.method} {target.partition('?')[0] or '/'}"
    taken, slug = names.take(name or otherwise, otherwise)
    call = DescribedCall(
        name=taken,
        slug=slug,
        method=recorded.method,
        path=path,
        headers=headers or None,
        body=concealer.body(recorded.body, recorded.place) or None,
    )
    return Located(origin, paused_unless_complete(call, auth), auth)


def paused_unless_complete(
    call: DescribedCall, auth: dict[str, Any], known: frozenset[str] = frozenset()
) -> DescribedCall:
    """Only what changes nothing and lacks nothing runs at once."""
    is_complete = call.method in SAFE and names_of(call, auth) <= known
    return call if is_complete else replace(call, enabled=False)
