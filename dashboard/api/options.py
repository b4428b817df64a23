"""OPTIONS: which methods an address takes, in ``Allow``. What else there is to know stands in the OpenAPI schema."""

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request


class Nothing(BaseMetadata):
    """An empty body, where DRF would describe the fields of forms."""

    def determine_metadata(self, request: Request, view: Any) -> None:
        request.accepted_renderer = JSONRenderer()  # others have a word for nothing
