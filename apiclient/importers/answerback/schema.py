"""The JSON Schema of a file, for editors: they complete members, and mark what would be refused. Pure."""

from collections.abc import Mapping
from typing import Any

from apiclient.importers.answerback.member import FILE, PARTS, REQUIRED, Kind, Member

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The one that editors know best."""
_SCALAR = {"type": ["string", "number", "boolean"]}
_SCHEMAS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: _SCALAR,
    Kind.WHOLE: {"type": "integer", "minimum": 0},
    Kind.FLAG: {"type": "boolean"},
    Kind.TEXTS: {"type": "object", "additionalProperties": _SCALAR},
    Kind.ENVIRONMENTS: {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _SCALAR}},
    Kind.OBJECT: {"type": "object"},
    Kind.OBJECTS: {"type": "array", "items": {"type": "object"}},
    Kind.SLUGS: {"type": "array", "items": {"type": "string"}},
}
_NAMES = {Kind.SERVICES: "service", Kind.CALLS: "call", Kind.ANSWERS: "answer"}


def schema() -> dict[str, Any]:
    """The whole, as a JSON value."""
    parts = {_NAMES[kind]: _object(members, REQUIRED[kind]) for kind, members in PARTS.items()}
    return {
        "$schema": DIALECT,
        "title": "Services and calls of Answerback",
        **_object(FILE, "services"),
        "patternProperties": {"^x-": {}},
        "definitions": parts,
    }


def _object(members: Mapping[str, Member], required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _member(member, is_required=name == required) for name, member in members.items()},
        "required": [required],
        "additionalProperties": False,
    }


def _member(member: Member, *, is_required: bool) -> dict[str, Any]:
    described = {"description": member.says}
    if member.kind in PARTS:
        inner = {"type": ["array", "null"], "items": {"$ref": f"#/definitions/{_NAMES[member.kind]}"}}
        return described | inner
    if member.choices:
        return described | {"enum": [*member.choices, None]}
    found = _SCHEMAS[member.kind]
    return described | (found if is_required or member.kind is Kind.FLAG else {"anyOf": [found, {"type": "null"}]})
