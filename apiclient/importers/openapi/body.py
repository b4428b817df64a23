"""Request bodies from examples, or made from the schema. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from apiclient.importers.openapi.api import Api
from apiclient.importers.openapi.parameter import example_of
from apiclient.importers.openapi.sample import NOTHING, given, sample
from apiclient.importers.part import Part, plain
from apiclient.importers.sensitive import is_sensitive

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LONGEST_BODY = 200_000


@dataclass(frozen=True, slots=True)
class Body:
    text: str = ""
    media_type: str = ""


def body_of(api: Api, operation: Part, parameters: list[Part]) -> Body:
    """The body to send; an empty one, with a note, where none can be made of what is described."""
    body = _of_swagger(api, operation, parameters) if api.is_swagger else _of_request_body(api, operation)
    if len(body.text.encode()) > LONGEST_BODY:
        operation.note(f"its example body has more than {LONGEST_BODY} bytes and was left out.")
        return Body(media_type=body.media_type)
    return body


def _of_request_body(api: Api, operation: Part) -> Body:
    content = operation.at("requestBody").at("content")
    media_types = dict(content.members())
    for media_type in sorted(media_types, key=_rank):
        media = media_types[media_type]
        if _rank(media_type) == _UNREADABLE:
            break
        value = given(media) if given(media) is not NOTHING else sample(media.at("schema"))
        return Body(_written(api, media_type, value, operation.place), media_type)
    if media_types:
        operation.note(f"a body of {', '.join(sorted(media_types))[:120]} cannot be made; it was left out.")
    return Body()


_UNREADABLE = 9


def _rank(media_type: str) -> int:
    kind = media_type.lower().split(";")[0].strip()
    if not kind.isprintable():
        return _UNREADABLE
    if kind == JSON or kind.endswith("+json"):
        return 0 if kind == JSON else 1
    if kind == FORM:
        return 2
    if kind.startswith("text/") or kind.endswith(("/xml", "+xml")):
        return 3
    return 4 if "*" in kind else _UNREADABLE


def _written(api: Api, media_type: str, value: Any, place: str) -> str:
    kind = media_type.lower()
    if kind.startswith(FORM) and isinstance(value, dict):
        return _form(api, value.items(), place)
    if isinstance(value, str) and "json" not in kind and "*" not in kind:
        return value
    if value is None or "xml" in kind or kind.startswith("text/"):
        return ""
    return json.dumps(api.secrets.conceal(value, place), ensure_ascii=False, indent=2)


def _form(api: Api, pairs: Any, place: str) -> str:
    """Secrets stand as placeholders, which must not be encoded."""
    return "&".join(
        f"{quote_plus(str(name))}={api.secrets.placeholder(str(name), place)}"
        if is_sensitive(str(name))
        else f"{quote_plus(str(name))}={quote_plus(_field(value))}"
        for name, value in pairs
    )


def _field(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else plain(value)


def _of_swagger(api: Api, operation: Part, parameters: list[Part]) -> Body:
    consumed = [str(kind.value) for owner in (operation, api.part) for kind in owner.at("consumes").items()][:20]
    bodies = [parameter for parameter in parameters if parameter.text("in") == "body"]
    if bodies:
        media_type = min(consumed, key=_rank, default=JSON)
        if _rank(media_type) == _UNREADABLE:
            operation.note(f"a body of {media_type[:60]!r} cannot be made; it was left out.")
            return Body()
        known = given(bodies[0])
        value = sample(bodies[0].at("schema")) if known is NOTHING else known
        return Body(_written(api, media_type, value, operation.place), media_type)
    fields = [parameter for parameter in parameters if parameter.text("in") == "formData"]
    if any(field.text("type") == "file" for field in fields):
        operation.note("it sends a file, which no call can; its body was left out.")
        return Body()
    return Body(_form(api, _fields(api, fields), operation.place), FORM) if fields else Body()


def _fields(api: Api, fields: list[Part]) -> Iterator[tuple[str, Any]]:
    for field in fields:
        value = example_of(field)
        if value is not NOTHING or field.flag("required"):
            yield field.text("name"), "string" if value is NOTHING else value
