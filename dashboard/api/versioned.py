"""Reading and changing one thing by its version: nobody overwrites unseen what somebody else saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apiclient.models.revision import revise
from dashboard.api import entity_tag

READING = extend_schema(
    parameters=[entity_tag.IF_NONE_MATCH, entity_tag.ETAG], description="One of them, with its ETag."
)
CHANGING = [entity_tag.IF_MATCH, entity_tag.ETAG]


class VersionedMixin(GenericViewSet[Any]):
    """``retrieve`` with an ETag, and ``held`` for what changes or deletes."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        thing = self.get_object()
        response = self.shown(thing)
        if entity_tag.is_known(request, response["ETag"]):
            return Response(status=304, headers={"ETag": response["ETag"]})
        return response

    @contextmanager
    def held(self) -> Iterator[Any]:
        """The thing as nobody else can change it until the transaction ends, being what who asks has read."""
        with transaction.atomic():
            revise()  # every edit waits here for the one before it
            thing = self.get_object()
            entity_tag.must_match(self.request, thing, self.shown(thing)["ETag"])
            yield thing

    def shown(self, thing: Any, status: int = 200) -> Response:
        """The answer that shows it, with its ETag."""
        shown = self.get_serializer(thing).data
        return Response(shown, status=status, headers={"ETag": entity_tag.tag_of(thing, shown)})
