"""The OpenAPI description: what drf-spectacular cannot see for itself, and the page that shows it."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularSwaggerSplitView

from dashboard.api.problem import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "parameter": {"type": "string", "description": "The word of the address."},
                    "pointer": {"type": "string", "description": "The member of the body, by JSON pointer (RFC 6901)."},
                    "index": {"type": "integer", "description": "Of many that were sent, which one."},
                    "header": {"type": "string", "description": "The header of the request."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "A word of the address, a header or a member of the body is not known, or its value is not allowed.",
    "401": "Nobody is signed in, or the token is unknown, expired or revoked.",
    "403": "The role, or the scopes of the token, do not allow this.",
    "404": "There is nothing at this address.",
    "406": "The answer is not there as the media type that was asked for.",
    "409": "Somebody does, or has just done, the same: another one saved this name, or the first request with this "
    "Idempotency-Key has not ended.",
    "412": "Somebody else changed it since its ETag was read.",
    "413": "The body is too large.",
    "415": "The body is of no media type that is understood here.",
    "422": "The Idempotency-Key was used for another request.",
    "429": "Too many requests in this minute; `Retry-After` has the seconds to wait.",
    "503": "Broker or database are out of reach. Try again after a while.",
}
USUAL = ("400", "401", "403", "406", "429")
WITH_BODY = ("409", "413", "415")
UNCHANGED_BY = "If-None-Match"
BY_HEADER = {"If-Match": ("412",), "Idempotency-Key": ("409", "422")}


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook: the errors are the same everywhere, so they are described once."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in ("post", "put") and "requestBody" in operation:
                operation["requestBody"]["required"] = True
            if UNCHANGED_BY in {parameter["name"] for parameter in operation.get("parameters", ())}:
                operation["responses"]["304"] = {"description": "Nothing has changed since that ETag was read."}
            for status in _errors_of(path, method, operation):
                operation["responses"].setdefault(status, {"description": ERRORS[status], "content": content})
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "dashboard.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer ab_...`"}


def close_bodies(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook: a member that is not known is refused."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return result


def _errors_of(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    found = [*USUAL, *(("404",) if "{" in path else ())]
    if method in ("post", "put", "patch"):
        found += WITH_BODY
    for parameter in operation.get("parameters", ()):
        found += BY_HEADER.get(parameter["name"], ())
    return found


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own host; its page has no inline script and no inline style."""

    template_name = "dashboard/api_docs.html"
