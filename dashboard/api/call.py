"""``calls/``: the configured requests, with when each is due next."""

from typing import Any, ClassVar

from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request

from apiclient.cadence import LONGEST_SECONDS
from apiclient.http.redact import MASK, redact_body, redact_url
from apiclient.models import Call, Location, Service
from apiclient.values import shown
from dashboard import filters
from dashboard.access import reach, within
from dashboard.api import query
from dashboard.api.auth import Auth
from dashboard.api.chain import Captures, Steps
from dashboard.api.check import Checks
from dashboard.api.configured import ConfiguredSerializer, ConfiguredViewSet
from dashboard.api.member import Headers, MaskedText, Slugs
from dashboard.api.run import RunMixin


@extend_schema_field({"type": "string", "maxLength": 2000, "pattern": r"^[/?][^\s\\]*$"})
class PathText(MaskedText):
    def mask(self, text: str) -> str:
        return redact_url(text)


class BodyText(MaskedText):
    def mask(self, text: str) -> str:
        """Without secret fields, or all of it where fields cannot be told."""
        found = redact_body(text) if text else text
        return MASK if found is None else found


@extend_schema_field({"type": ["integer", "string"]})
class ServiceMember(serializers.Field[Any, Any, Any, Any]):
    """Shown as the id; the slug is understood too."""

    def to_representation(self, service: Service) -> int:
        return int(service.pk)

    def to_internal_value(self, data: Any) -> Service:
        rows = within(self.context["request"], Service.objects.all(), "pk")
        found = None
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data < 2**31:
            found = rows.filter(pk=data).first()
        elif isinstance(data, str) and "\x00" not in data and data.isprintable():
            found = rows.filter(slug=data).first()
        if found is None:
            raise serializers.ValidationError(f"There is no service {str(data)[:80]!r}. Use its id or its slug.")
        return found


class LocationsMember(Slugs):
    word, example = "location", '["paris"]; an empty one is the default'

    def offered(self) -> Any:
        return Location.objects.all()


EXAMPLE = OpenApiExample(
    "Every half minute",
    {"service": "shop", "name": "Orders", "path": "/orders", "interval_seconds": 30, "expected_codes": "200, 404"},
    request_only=True,
)


@extend_schema_serializer(examples=[EXAMPLE])
class CallSerializer(ConfiguredSerializer):
    """One configured request. With neither interval nor cron it runs on demand only; naming one replaces the other."""

    moving = frozenset({"updated_at", "next_due_at"})
    service = ServiceMember(help_text="Its id or its slug; a call stays with its service.")
    path = PathText(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Added to the service's base URL, such as /health?deep=1; secret parameters are masked.",
    )
    url = serializers.SerializerMethodField(help_text="Base URL and path with variables put in; secrets are masked.")
    headers = Headers(required=False, help_text="The call's own; secret values are masked.")
    body = BodyText(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="Sent as it is, in UTF-8; secret fields are masked.",
    )
    auth = Auth(
        required=False,
        allow_null=True,
        help_text='How it proves who asks: null as its service does, `{"kind": "none"}` not at all.',
    )
    body_bytes = serializers.SerializerMethodField(help_text="How long the body is that is sent.")
    captures = Captures(
        required=False, help_text="What is taken from the answer for the steps, where they say `{{ name }}`."
    )
    steps = Steps(
        required=False,
        help_text="Sent one after another in the same slot, while all goes as wanted; those that are `always` sent "
        "clean up after a failure too. The outcome is the worst.",
    )
    locations = LocationsMember(required=False, help_text="Where it runs, by slug; empty: in the default location.")
    checks = Checks(required=False, help_text="What else the answer must be: docs/checks.md lists every kind.")
    next_due_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Null while the call is paused or runs on demand only."
    )

    class Meta:
        model = Call
        fields: tuple[str, ...] = (
            "id", "service", "name", "slug", "method", "path", "url", "headers", "body", "body_bytes", "auth",
            "interval_seconds", "cron", "time_zone", "locations", "next_due_at", "timeout_ms", "follow_redirects",
            "verify_tls", "expected_codes", "slow_after_ms", "fail_after_ms", "confirm_after_s", "checks", "captures",
            "steps", "enabled", "created_at", "updated_at",
        )  # fmt: skip
        validators: tuple[Any, ...] = ()
        extra_kwargs: ClassVar[Any] = {
            "interval_seconds": {"min_value": 1, "max_value": LONGEST_SECONDS},
            "slow_after_ms": {"max_value": 2**31 - 1},
            "fail_after_ms": {"max_value": 2**31 - 1},
        }

    def get_url(self, call: Call) -> str:
        return redact_url(shown(call.url, call.service))

    def get_body_bytes(self, call: Call) -> int:
        return len(call.body.encode())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Naming one of interval and cron alone replaces the other."""
        if attrs.get("cron"):
            attrs.setdefault("interval_seconds", None)
        elif attrs.get("interval_seconds"):
            attrs.setdefault("cron", "")
        return super().validate(attrs)


class ListedCallSerializer(CallSerializer):
    """Without body and steps, of which a page of calls could hold hundreds of megabytes."""

    class Meta(CallSerializer.Meta):
        fields = tuple(name for name in CallSerializer.Meta.fields if name not in ("body", "steps"))


@extend_schema_view(list=extend_schema(parameters=[query.FILTERS[0]], responses=ListedCallSerializer(many=True)))
class CallViewSet(RunMixin, ConfiguredViewSet):
    """The configured requests."""

    queryset = Call.objects.select_related("service").prefetch_related("dues", "locations").order_by("pk")
    serializer_class = CallSerializer
    of_service = "service"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        words = {"list": ("service", *query.PAGE_WORDS), "run": ("wait",)}
        if self.action:  # else the method itself is refused
            query.only(request, *words.get(self.action, ()))

    def get_serializer_class(self) -> type[CallSerializer]:
        return ListedCallSerializer if self.action == "list" else CallSerializer

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list" or "service" not in self.request.query_params:
            return queryset
        found = filters.parse({"service": self.request.query_params["service"]}, reach(self.request))
        query.refuse(found.problems)
        services = found.selection.services
        return queryset.filter(service__in=services) if services else queryset
