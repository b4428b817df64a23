"""``secrets/``: texts that the calls of a service send. Written, replaced and deleted; never read again."""

from typing import Any

from django.db.models import ProtectedError
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework.request import Request
from rest_framework.response import Response

from apiclient.http.redact import SHORTEST_SECRET
from apiclient.models import Secret
from apiclient.models.secret import LONGEST
from apiclient.placeholder import LONGEST_ENVIRONMENT, LONGEST_NAME
from dashboard import filters
from dashboard.access import reach
from dashboard.api import entity_tag, query
from dashboard.api.call import ServiceMember
from dashboard.api.configured import ConfiguredSerializer, ConfiguredViewSet
from dashboard.api.member import Text
from dashboard.api.refusal import Refused

PROBLEM = {"$ref": "#/components/schemas/Problem"}
IN_USE = "Running calls would be left without it; the detail names them."
EXAMPLE = OpenApiExample(
    "Of every environment", {"service": "shop", "name": "key", "value": "the key of the shop"}, request_only=True
)


@extend_schema_serializer(examples=[EXAMPLE])
class SecretSerializer(ConfiguredSerializer):
    """Written ``{{ secret.name }}`` in what the calls of its service send."""

    service = ServiceMember(help_text="Its id or its slug; a secret stays with its service.")
    name = Text(max_length=LONGEST_NAME, help_text="Letters, digits, _ and -, a letter first; it stays.")
    environment = Text(
        max_length=LONGEST_ENVIRONMENT,
        required=False,
        allow_blank=True,
        help_text="One of its service's; empty: every one that has no secret of that name of its own. It stays.",
    )
    value = Text(
        write_only=True,
        min_length=SHORTEST_SECRET,
        max_length=LONGEST,
        trim_whitespace=False,
        help_text="Stored encrypted, and shown to nobody again.",
    )

    class Meta:
        model = Secret
        fields = ("id", "service", "name", "environment", "value", "created_at", "updated_at")
        validators: tuple[Any, ...] = ()


@extend_schema_view(list=extend_schema(parameters=[query.FILTERS[0]], description="Their names, never their values."))
class SecretViewSet(ConfiguredViewSet):
    """What the calls of a service send and nobody reads again."""

    queryset = Secret.objects.select_related("service").order_by("pk")
    serializer_class = SecretSerializer
    of_service = "service"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(("service", *query.PAGE_WORDS) if self.action == "list" else ()))

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list" or "service" not in self.request.query_params:
            return queryset
        found = filters.parse({"service": self.request.query_params["service"]}, reach(self.request))
        query.refuse(found.problems)
        services = found.selection.services
        return queryset.filter(service__in=services) if services else queryset

    @extend_schema(
        parameters=[entity_tag.IF_MATCH],
        responses={204: None, (409, "application/problem+json"): OpenApiResponse(PROBLEM, IN_USE)},
        description="Delete it, unless running calls would be left without it.",
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return super().destroy(request, *args, **kwargs)
        except ProtectedError as error:
            raise Refused(409, str(error.args[0])) from None
