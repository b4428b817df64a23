"""The member ``auth``: one shape per kind, and each thing wrong with it pointed at."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apiclient.auth import KINDS, NONE, Kind, Member, problems_with_auth
from apiclient.auth.kind import LONGEST_MEMBER

PLACEHOLDER = r"\{\{ *secret\.[A-Za-z][A-Za-z0-9_-]* *\}\}"


def _schema_of(member: Member) -> dict[str, Any]:
    found: dict[str, Any] = {"description": " ".join(filter(None, (f"{member.label}.", member.hint)))}
    if member.form:
        return found | {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}
    if member.choices:
        return found | {"type": "string", "enum": list(member.choices)}
    found |= {"type": "string", "maxLength": LONGEST_MEMBER}
    return found | {"pattern": PLACEHOLDER} if member.secret else found


def _kind_schema(kind: Kind) -> dict[str, Any]:
    return {
        "type": "object",
        "title": kind.label,
        "properties": {"kind": {"type": "string", "enum": [kind.name]}}
        | {member.name: _schema_of(member) for member in kind.members},
        "required": ["kind", *(member.name for member in kind.members if member.required)],
        "additionalProperties": False,
    }


NOTHING = {
    "type": "object",
    "title": "Nothing",
    "properties": {"kind": {"type": "string", "enum": [NONE]}},
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {"oneOf": [*map(_kind_schema, KINDS.values()), NOTHING]}


@extend_schema_field(SCHEMA)
class Auth(serializers.JSONField):
    """The model says what it may be."""

    def to_internal_value(self, data: Any) -> Any:
        problems = problems_with_auth(data)
        if "" in problems:
            raise serializers.ValidationError(problems[""])
        if problems:
            raise serializers.ValidationError({name: [text] for name, text in problems.items()})
        return data
