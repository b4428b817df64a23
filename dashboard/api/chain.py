"""``captures`` and ``steps`` of a call, described for programs; the model's rules judge them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apiclient.chain import capture, step

CAPTURES: dict[str, Any] = {
    "type": "array",
    "maxItems": capture.MOST,
    "items": {
        "type": "object",
        "required": ["name", "from"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$", "maxLength": 60},
            "from": {"type": "string", "enum": list(capture.SOURCES)},
            "expression": {"type": "string", "maxLength": capture.LONGEST_EXPRESSION},
        },
    },
}
STEPS: dict[str, Any] = {
    "type": "array",
    "maxItems": step.MOST,
    "items": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": step.LONGEST_NAME},
            "method": {"type": "string", "enum": list(step.METHODS)},
            "path": {"type": "string", "maxLength": step.LONGEST_PATH, "pattern": r"^([/?][^\s\\]*)?$"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "body": {"type": "string"},
            "expected_codes": {"type": "string", "maxLength": 200},
            "checks": {"type": "array", "items": {"type": "object"}},
            "captures": CAPTURES,
            "always": {"type": "boolean"},
        },
    },
}


class ChainMember(serializers.Field[Any, Any, Any, Any]):
    """As it is kept: there are no secrets in it, since those are written as placeholders."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            raise serializers.ValidationError("Use a list.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field(CAPTURES)
class Captures(ChainMember):
    """What is taken from an answer."""


@extend_schema_field(STEPS)
class Steps(ChainMember):
    """Further requests of the same slot."""
