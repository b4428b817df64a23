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
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "A word of the address is not known, or its value is not allowed.",
    "401": "Nobody is signed in, or the token is unknown, expired or revoked.",
    "403": "The role, or the scopes of the token, do not allow this.",
    "404": "There is nothing at this address.",
    "429": "Too many requests in this minute; `Retry-After` has the seconds to wait.",
}


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook: the errors are the same everywhere, so they are described once."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for status, description in ERRORS.items():
                if status != "404" or "{" in path:
                    operation["responses"][status] = {"description": description, "content": content}
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "dashboard.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer ab_...`"}


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own host; its page has no inline script and no inline style."""

    template_name = "dashboard/api_docs.html"
