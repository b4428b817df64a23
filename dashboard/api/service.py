"""``services/``: the APIs somebody depends on."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from apiclient.http.redact import redact_url
from apiclient.models import Service
from apiclient.placeholder import LONGEST_ENVIRONMENT
from dashboard.access import look_again, sharing
from dashboard.api import query
from dashboard.api.configured import ConfiguredSerializer, ConfiguredViewSet
from dashboard.api.member import Environments, Headers, MaskedText, Text, Variables

KEEPS = "Sent back masked, a value stays as it is kept."


@extend_schema_field({"type": "string", "maxLength": 2000, "pattern": r"^https?://[^\s\\?#]+$"})
class AddressText(MaskedText):
    def mask(self, text: str) -> str:
        return redact_url(text)


EXAMPLE = OpenApiExample(
    "A service",
    {"name": "Shop", "base_url": "https://shop.example", "headers": {"Accept": "application/json"}},
    request_only=True,
)


@extend_schema_serializer(examples=[EXAMPLE])
class ServiceSerializer(ConfiguredSerializer):
    """An API somebody depends on; what it sends goes with each of its calls."""

    base_url = AddressText(max_length=2000, help_text="http:// or https://, host, optional path; no query.")
    headers = Headers(
        required=False, help_text=f"Sent with every call of the service; secret values are masked. {KEEPS}"
    )

    variables = Variables(required=False, help_text="What `{{ name }}` stands for in all that its calls send.")
    environments = Environments(
        required=False, help_text='Other values of variables, by environment: `{"staging": {"tenant": "test"}}`.'
    )
    environment = Text(
        max_length=LONGEST_ENVIRONMENT,
        required=False,
        allow_blank=True,
        help_text="The environment whose variables and secrets count; empty: none.",
    )

    class Meta:
        model = Service
        fields = (
            "id", "name", "slug", "base_url", "description", "headers", "variables", "environments", "environment",
            "concurrency", "enabled", "created_at", "updated_at",
        )  # fmt: skip
        validators: tuple[Any, ...] = ()


class ServiceViewSet(ConfiguredViewSet):
    """The APIs somebody depends on."""

    queryset = Service.objects.order_by("pk")
    serializer_class = ServiceSerializer
    of_service = "pk"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(query.PAGE_WORDS if self.action == "list" else ()))

    def place(self, thing: Service) -> None:
        """Into the teams that a service of theirs usually joins."""
        shared = sharing(self.request)
        if shared.problem:
            raise PermissionDenied(shared.problem)
        thing.teams.set(shared.usual)
        look_again(self.request)
