"""What is told by a push and what is answered, as OpenAPI describes it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from apiclient.http import Phases
from apiclient.slot import CALL_MASK
from apiclient.submission import FAILURES, LONGEST_LINE, LONGEST_MESSAGE, LONGEST_MS, LONGEST_SLUG
from dashboard.api.problem import CONTENT_TYPE

JSON, NDJSON = "application/json", "application/x-ndjson"
MOST_ITEMS = 10_000
MOST_BYTES = 16 << 20

_SLUG = {"type": "string", "minLength": 1, "maxLength": LONGEST_SLUG}
_LINE = {"type": ["string", "null"], "maxLength": LONGEST_LINE, "pattern": "^[ -~]*$"}
SUBMISSION: dict[str, Any] = {
    "type": "object",
    "description": "Either `status_code` or `failure`; null counts as not given.",
    "required": ["call", "started_at", "timings_ms"],
    "additionalProperties": False,
    "properties": {
        "call": {
            "oneOf": [{"type": "integer", "minimum": 1, "maximum": CALL_MASK}, _SLUG],
            "description": "Its id; or its slug, with its service's slug in `service`.",
        },
        "service": {**_SLUG, "type": ["string", "null"], "description": "The slug of the service."},
        "started_at": {
            "type": "string",
            "format": "date-time",
            "description": "Kept to the millisecond, which tells outcomes of a call apart. UTC where no zone is given.",
        },
        "status_code": {"type": ["integer", "null"], "minimum": 100, "maximum": 999},
        "failure": {"type": ["string", "null"], "enum": [*(failure.slug for failure in FAILURES), None]},
        "timings_ms": {
            "type": "object",
            "description": "Milliseconds. The total is the sum of the others where it is not given.",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                phase: {"type": ["number", "null"], "minimum": 0, "maximum": LONGEST_MS} for phase in Phases._fields
            },
        },
        "message": {
            "type": ["string", "null"],
            "maxLength": LONGEST_MESSAGE,
            "description": "What the server said, or with a failure the transport. Kept where the verdict is `failed`.",
        },
        "body": {
            "type": ["string", "null"],
            "description": "Instead of `message`: what it stands in. 64 KiB are kept where the verdict is `failed`.",
        },
        "content_type": {**_LINE, "description": "Of the body."},
        "request_id": {**_LINE, "description": "Kept as the request's X-Request-ID where the verdict is `failed`."},
    },
}
_COUNT = {"type": "integer", "minimum": 0}
ANSWER = {
    "type": "object",
    "required": ["stored", "duplicates", "invalid", "errors"],
    "properties": {
        "stored": _COUNT,
        "duplicates": {**_COUNT, "description": "Those whose call has an outcome that started at the same moment."},
        "invalid": {**_COUNT, "description": "How many are listed in `errors`."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "pointer", "detail"],
                "properties": {
                    "index": {**_COUNT, "description": "Of the outcome among those sent."},
                    "pointer": {"type": "string", "description": "The place (RFC 6901): `/3/started_at`."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
EXAMPLE = {
    "service": "shop",
    "call": "pay",
    "started_at": "2026-11-22T10:00:00.250Z",
    "status_code": 503,
    "timings_ms": {"dns": 1.2, "connect": 8.4, "tls": 11.9, "wait": 96.3, "total": 120.5},
    "message": "out of beans",
    "request_id": "build-4711",
}


def _problem(status: int, description: str) -> dict[tuple[int, str], OpenApiResponse]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {(status, CONTENT_TYPE): OpenApiResponse(schema, description)}


described = extend_schema(
    description=(
        "Outcomes of calls that other programs made themselves: one, an array, or lines. Each is judged and counted as "
        "our own are, and stored once: told again it is a duplicate. Those that are not as they should be are listed "
        f"with their reason, and the others are stored. At most {MOST_ITEMS} and {MOST_BYTES >> 20} MiB a request."
    ),
    request={
        JSON: {"oneOf": [SUBMISSION, {"type": "array", "items": SUBMISSION, "maxItems": MOST_ITEMS}]},
        NDJSON: {"type": "string", "description": "An outcome a line."},
    },
    responses={
        (200, JSON): OpenApiResponse(ANSWER, "At least one was taken, or none was sent."),
        **_problem(400, "Not JSON, or none was taken: `errors` says why, one by one."),
        **_problem(413, "Too many or too large. Of lines, those before are handled and counted."),
        **_problem(415, "The body is neither JSON nor NDJSON."),
    },
    examples=[
        OpenApiExample("one", EXAMPLE, request_only=True, media_type=JSON),
        OpenApiExample(
            "answer",
            {"stored": 1, "duplicates": 0, "invalid": 0, "errors": []},
            response_only=True,
            status_codes=["200"],
        ),
    ],
    filters=False,
)
