"""The OpenAPI description: what drf-spectacular cannot see for itself, and the page that shows it."""

from typing import Any

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
                    "pointer": {"type": "string", "description": "The place in the body (RFC 6901)."},
                    "index": {"type": "integer", "description": "Of many that were sent, which one."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "A word of the address is not known, or its value is not allowed.",
    "403": "Not signed in, or not allowed.",
    "404": "There is nothing at this address.",
}


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook: the errors are the same everywhere, so they are described once."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for status, description in ERRORS.items():
                if (status != "404" or "{" in path) and status not in operation["responses"]:
                    operation["responses"][status] = {"description": description, "content": content}
    return result


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own host; its page has no inline script and no inline style."""

    template_name = "dashboard/api_docs.html"
