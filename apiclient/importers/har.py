"""HAR, what a browser recorded -> services with calls, one service for each origin. Pure.

What was answered once documents nothing, so no documented answers come of it.
"""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

from apiclient.importers.described import Described
from apiclient.importers.document import load
from apiclient.importers.located import Located, services_of
from apiclient.importers.naming import Names
from apiclient.importers.part import Part, Root, kind_of
from apiclient.importers.recorded import BODILESS, METHODS, Concealer, Recorded, located, origin_and_target
from apiclient.importers.sensitive import Secrets

MOST_ENTRIES = 20_000
MOST_CALLS = 2000
_ASSETS = frozenset({"image", "font", "stylesheet", "script", "media", "texttrack", "manifest", "websocket", "ping"})
_ASSET_TYPES = ("image/", "font/", "text/css", "video/", "audio/", "application/javascript", "text/javascript")


def read(text: str, name: str = "") -> Described:
    """What the archive recorded; pictures, styles and scripts are left out, and what was sent twice is one call."""
    root = Root(load(text))
    entries = _entries(root.part)
    secrets = Secrets()
    concealer = Concealer(secrets)
    left_out: Counter[str] = Counter()
    found: dict[tuple[str, ...], Located] = {}
    names: dict[str, Names] = {}
    for entry in entries:
        if why := _why_left_out(entry):
            left_out[why] += 1
            continue
        recorded = _recorded(entry)
        key = (recorded.method, recorded.url.partition("#")[0], recorded.body)
        if key in found:
            left_out["sent before"] += 1
            continue
        if len(found) >= MOST_CALLS:
            raise ValueError(f"log.entries: more than {MOST_CALLS} different requests. Record less at a time.")
        origin = origin_and_target(recorded.url)[0]
        if one := located(recorded, concealer, names.setdefault(origin, Names())):
            found[key] = one
        else:
            left_out["longer than a call can be"] += 1
    if not found:
        raise ValueError("log.entries: the archive holds no request that a call could make.")
    notes = [f"log.entries: {count} left out ({why})." for why, count in left_out.items()]
    title = name or "Recorded requests"
    services = services_of(title, list(found.values()))
    if len(services) > 1 or not name:
        services = tuple(replace(service, name=_name(service.base_url or "", name)) for service in services)
    return Described(services, (*notes, *root.notes, *secrets.notes()))


def _name(base_url: str, name: str) -> str:
    host = base_url.partition("://")[2]
    return f"{name[:60]} ({host})"[:120] if name else host[:120]


def _entries(part: Part) -> list[Part]:
    if not isinstance(part.value, dict) or "log" not in part:
        raise ValueError(f'A HAR archive is an object with "log"; this is {kind_of(part.value)}.')
    entries = list(part.at("log").at("entries").items())
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"log.entries: {len(entries)} entries; at most {MOST_ENTRIES} are read.")
    return entries


def _why_left_out(entry: Part) -> str:
    request = entry.at("request")
    method, url = request.text("method").upper(), request.text("url")
    if not url.lower().startswith(("http://", "https://")):
        return "no http or https"
    if method not in METHODS:
        return "a method that no call has"
    kind = entry.text("_resourceType").lower()
    answer_type = entry.at("response").at("content").text("mimeType").lower()
    if kind in _ASSETS or (not kind and answer_type.startswith(_ASSET_TYPES)):
        return "pictures, styles, scripts and the like"
    if method == "OPTIONS" and kind == "preflight":
        return "questions of the browser whether it may ask"
    return ""


def _recorded(entry: Part) -> Recorded:
    request = entry.at("request")
    method = request.text("method").upper()
    try:
        origin_and_target(request.text("url"))
    except ValueError as error:
        raise request.problem(str(error)) from None
    headers = {header.text("name"): header.text("value") for header in request.at("headers").items()}
    return Recorded(
        method=method,
        url=request.text("url"),
        place=request.place,
        headers={key: value for key, value in headers.items() if key.isascii() and key.isprintable()},
        body="" if method in BODILESS else _body(request.at("postData")),
    )


def _body(data: Part) -> str:
    """The text; a form that is kept only as its fields is put together."""
    if data.value is None:
        return ""
    if data.text("mimeType").lower().startswith("multipart/"):
        data.note("a form in parts, which no call can send; its body was left out.")
        return ""
    if text := data.text("text"):
        return text
    return urlencode([(field.text("name"), field.text("value")) for field in data.at("params").items()])
