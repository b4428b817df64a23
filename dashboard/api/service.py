"""``services/``: the APIs somebody depends on."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from apiclient.http.redact import redact_url
from apiclient.models import Service, Team
from apiclient.placeholder import LONGEST_ENVIRONMENT
from dashboard.access import NONE_LEFT, Sharing, look_again, sharing
from dashboard.api import query
from dashboard.api.auth import Auth
from dashboard.api.configured import ConfiguredSerializer, ConfiguredViewSet
from dashboard.api.member import Environments, Headers, MaskedText, Slugs, Text, Variables

KEEPS = "Sent back masked, a value stays as it is kept."


@extend_schema_field({"type": "string", "maxLength": 2000, "pattern": r"^https?://[^\s\\?#]+$"})
class AddressText(MaskedText):
    def mask(self, text: str) -> str:
        return redact_url(text)


class TeamsMember(Slugs):
    """Those teams that who asks may choose; in which others a service is is not told."""

    word, example = "team", '["everyone"]'

    def offered(self) -> list[Team]:
        return self._sharing().teams

    def to_representation(self, teams: Any) -> list[str]:
        offered = {team.pk for team in self.offered()}
        return sorted(team.slug for team in teams.all() if team.pk in offered)

    def to_internal_value(self, data: Any) -> list[Team]:
        chosen = super().to_internal_value(data)
        if self._sharing().required and not chosen:
            raise serializers.ValidationError(NONE_LEFT)
        return chosen

    def _sharing(self) -> Sharing:
        return sharing(self.context["request"])


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

    auth = Auth(required=False, help_text="How its calls prove who asks: secret members hold placeholders of secrets.")
    proxy = Text(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Through which its calls go: `http://`, `https://` or `socks5://`; empty: none. "
        "A password in it is the placeholder of a secret.",
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
    teams = TeamsMember(
        required=False,
        help_text="Whose members see it, by slug, as far as you may choose them. Left out, a new service joins your "
        "teams, and one that is there stays where it is.",
    )

    class Meta:
        model = Service
        fields = (
            "id", "name", "slug", "base_url", "description", "headers", "auth", "proxy", "variables", "environments",
            "environment", "concurrency", "teams", "enabled", "managed_by", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("managed_by",)
        extra_kwargs: ClassVar = {"managed_by": {"help_text": "The file that keeps it, by `manage.py apply`."}}
        validators: tuple[Any, ...] = ()

    def _blank(self) -> Any:
        """To replace all of it takes it from no file."""
        found = super()._blank()
        found.managed_by = self.instance.managed_by if self.instance else ""
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        problem = sharing(self.context["request"]).problem
        if problem and self.instance is None:
            raise PermissionDenied(problem)
        self.chosen: list[Team] | None = attrs.pop("teams", None)
        return super().validate(attrs)

    def save(self, **kwargs: Any) -> Service:
        request = self.context["request"]
        service: Service = super().save(**kwargs)
        if self.chosen is not None:
            sharing(request).choose(service, self.chosen)
        elif self.instance is None:
            service.teams.set(sharing(request).usual)
        look_again(request)
        return service


class ServiceViewSet(ConfiguredViewSet):
    """The APIs somebody depends on."""

    queryset = Service.objects.prefetch_related("teams").order_by("pk")
    serializer_class = ServiceSerializer
    of_service = "pk"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:  # else the method itself is refused
            query.only(request, *(query.PAGE_WORDS if self.action == "list" else ()))
