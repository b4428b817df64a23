"""The URL of a request: where it goes, and what is written behind that. Pure."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from apiclient.importers.part import Part
from apiclient.importers.postman.collection import Collection
from apiclient.importers.postman.variable import ANY

_START = re.compile(r"((?:https?://)?[^/?#]*)", re.IGNORECASE)
_PATH_VARIABLE = re.compile(r"(?<=/):([A-Za-z_][\w-]{0,100})(?=/|\?|$)")
_HOST = re.compile(r"(?:https?://)?[^/\s{}@]+(?:/[^\s{}]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """``base_url`` is None where the collection does not say; ``label`` then is what stood there."""

    base_url: str | None
    path: str
    label: str = ""
    is_complete: bool = True


def url_of(collection: Collection, url: Part) -> Target:
    """A text, or an object that has it as ``raw`` or in pieces."""
    text = url.value if isinstance(url.value, str) else _raw(url)
    text = text.strip().partition("#")[0]
    start = _START.match(text)[1]  # type: ignore[index]
    rest = text[len(start) :]
    resolved = collection.variables.resolved(start)
    if "://" not in resolved and not resolved.startswith("{{"):
        resolved = f"http://{resolved}" if resolved else ""  # as Postman itself would
    if "?" in resolved and (whole := _START.match(resolved)):  # the variable is a whole URL, not where all begin
        resolved, rest = whole[1], f"{resolved[len(whole[1]) :]}{rest.replace('?', '&', 1)}"
    path = collection.concealer.target(collection.text(_with_values(url, rest), url.place), url.place)
    if path.startswith("?") and "{{" not in start:
        path = f"/{path}"
    if _HOST.fullmatch(resolved):
        return Target(resolved.rstrip("/"), path)
    url.note(f"{start[:80]!r} has no value in the collection; give the service its base URL.")
    return Target(None, path, label=start[:80], is_complete=False)


def _raw(url: Part) -> str:
    if text := url.text("raw"):
        return text
    host, path = _joined(url, "host", "."), _joined(url, "path", "/")
    scheme = f"{url.text('protocol')}://" if url.text("protocol") and host else ""
    port = f":{url.text('port')}" if url.text("port") else ""
    rows = [row for row in url.at("query").items() if row.flag("disabled") is not True]
    query = "&".join(f"{row.text('key')}={row.text('value')}" for row in rows)
    return f"{scheme}{host}{port}{'/' + path if path else ''}{'?' + query if query else ''}"


def _joined(url: Part, key: str, mark: str) -> str:
    """A text, or a list of texts or, in a path, of objects with one."""
    value = url.value.get(key) if isinstance(url.value, dict) else None
    if isinstance(value, str):
        return value.strip("/") if mark == "/" else value
    parts = url.at(key).items()
    return mark.join(part.text("value") if isinstance(part.value, dict) else str(part.value or "") for part in parts)


def _with_values(url: Part, rest: str) -> str:
    """``/:id`` with the value that the request gives it, or else a variable."""
    values: dict[str, Any] = {}
    if isinstance(url.value, dict):
        values = {row.text("key") or row.text("id"): row.text("value") for row in url.at("variable").items()}

    def value(match: re.Match[str]) -> str:
        given = values.get(match[1]) or ""
        if ANY.search(given):
            return given
        return quote(given, safe=":@,~") if given else "{{" + match[1] + "}}"

    return _PATH_VARIABLE.sub(value, rest)
