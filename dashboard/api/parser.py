"""Bodies of requests as JSON, read strictly and only as far as is allowed. Named in the settings of DRF."""

from typing import Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from dashboard.api import strict
from dashboard.api.refusal import BadBody, too_large


class JSONParser(BaseParser):
    """The usual parser: JSON that two readers cannot understand differently. Anything else is a 400 or a 415."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = most_bytes(parser_context["view"]) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(most + 1)
        if len(data) > most:
            raise too_large(most)
        if not data:
            return {}  # as DRF does where the length said so
        try:
            return strict.loads(data)
        except ValueError as error:
            raise BadBody({"": str(error)}) from None


def most_bytes(view: Any) -> int | None:
    """How long a body may be that this view takes, None where it counts by itself."""
    most: int | None = getattr(view, "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return most
