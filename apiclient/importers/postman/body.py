"""The body of a request: raw, urlencoded or GraphQL. Pure."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from apiclient.importers.naming import one_line
from apiclient.importers.part import Part
from apiclient.importers.postman.collection import Collection
from apiclient.importers.postman.variable import ANY

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_LANGUAGES = {"json": JSON, "xml": "application/xml", "html": "text/html", "text": "text/plain"}


@dataclass(frozen=True, slots=True)
class Body:
    text: str = ""
    media_type: str = ""


def body_of(collection: Collection, part: Part) -> Body:
    """The body as text, secrets in it replaced; an empty one with a note where no call can send it."""
    if not isinstance(part.value, dict) or part.flag("disabled"):
        return Body()
    mode = part.text("mode")
    if mode == "raw":
        return _raw(collection, part)
    if mode == "urlencoded":
        return Body(_form(collection, part.at("urlencoded")), FORM)
    if mode == "graphql":
        return Body(_concealed(collection, _graphql(part.at("graphql")), part.place), JSON)
    if mode and part.at(mode).value:
        part.note(f"a body of the mode {one_line(mode, 20)!r} can be sent by no call; it was left out.")
    return Body()


def _raw(collection: Collection, part: Part) -> Body:
    text = _concealed(collection, part.text("raw"), part.place)
    language = part.at("options").at("raw").text("language")
    guessed = JSON if text.lstrip()[:1] in ("{", "[") and not text.lstrip().startswith("{{") else ""
    return Body(text, _LANGUAGES.get(language, guessed))


def _concealed(collection: Collection, text: str, place: str) -> str:
    return collection.concealer.body(collection.text(text, place), place)


def _form(collection: Collection, rows: Part) -> str:
    """A list of keys and values, or in 2.0 also a text."""
    if isinstance(rows.value, str):
        return _concealed(collection, rows.value, rows.place)
    pairs = [
        f"{_encoded(row.text('key'))}={_encoded(row.text('value'))}"
        for row in rows.items()
        if row.flag("disabled") is not True
    ]
    text = collection.text("&".join(pairs), rows.place)
    return "&".join(collection.concealer.field(part, rows.place) for part in text.split("&"))


def _encoded(text: str) -> str:
    """Variables stay as they are."""
    return "".join(part if ANY.fullmatch(part) else quote_plus(part) for part in _pieces(text))


def _pieces(text: str) -> list[str]:
    at, found = 0, []
    for match in ANY.finditer(text):
        found += [text[at : match.start()], match[0]]
        at = match.end()
    return [*found, text[at:]]


def _graphql(part: Part) -> str:
    variables: Any = part.at("variables").value
    if isinstance(variables, str):
        try:
            variables = json.loads(variables) if variables.strip() else {}
        except (ValueError, RecursionError):
            part.note("its variables are no JSON and were left out.")
            variables = {}
    return json.dumps({"query": part.text("query"), "variables": variables or {}}, ensure_ascii=False)
