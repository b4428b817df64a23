"""The member ``checks``: what else an answer must be, and each thing wrong with it pointed at."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apiclient.check import KINDS, MOST, Wrong, checks_of
from apiclient.comparison import WORDS

SCHEMA = {
    "type": "array",
    "maxItems": MOST,
    "items": {
        "type": "object",
        "required": ["kind"],
        "additionalProperties": False,
        "properties": {
            "kind": {"type": "string", "enum": list(KINDS)},
            "name": {"type": "string", "description": "Of a header."},
            "path": {"type": "string", "description": "A JSONPath (RFC 9535), of kind json."},
            "is": {"type": "string", "enum": list(WORDS)},
            "value": {"description": "What it is compared with; of a certificate the least days left."},
            "schema": {"type": "object", "description": "A JSON Schema, of kind schema."},
            "codes": {"type": "string", "description": "Judged for these codes only, such as 302."},
            "degrades": {"type": "boolean", "description": "It does not fail an answer, only degrades it."},
        },
    },
}


@extend_schema_field(SCHEMA)
class Checks(serializers.JSONField):
    """A list; an error points at the member of the check that is meant."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            checks_of(data)
        except Wrong as error:
            detail: Any = [str(error)]
            for step in reversed(error.where):
                detail = {step: detail}
            raise serializers.ValidationError(detail) from None
        return data
