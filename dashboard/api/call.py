"""``calls/``: the configured requests, with when each is due next."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from apiclient.http.redact import redact_url
from apiclient.models import Call
from dashboard import filters
from dashboard.access import reach, within
from dashboard.api import query
from dashboard.mask import masked


class CallSerializer(serializers.ModelSerializer[Call]):
    path = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField(help_text="Base URL and path; secrets are masked.")
    headers = serializers.SerializerMethodField(help_text="The call's own; secrets are masked.")
    body_bytes = serializers.SerializerMethodField(help_text="How long the body is that is sent.")
    locations: Any = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True, help_text="Where it runs; empty: in the default location."
    )
    next_due_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Null while the call is paused or runs on demand only."
    )

    class Meta:
        model = Call
        fields = (
            "id", "service", "name", "slug", "method", "path", "url", "headers", "body_bytes",
            "interval_seconds", "cron", "time_zone", "locations", "next_due_at", "timeout_ms", "follow_redirects",
            "verify_tls", "expected_codes", "slow_after_ms", "enabled", "created_at", "updated_at",
        )  # fmt: skip

    def get_path(self, call: Call) -> str:
        return redact_url(call.path)

    def get_url(self, call: Call) -> str:
        return redact_url(call.url)

    def get_headers(self, call: Call) -> dict[str, str]:
        return masked(call.headers)

    def get_body_bytes(self, call: Call) -> int:
        return len(call.body.encode())


@extend_schema_view(list=extend_schema(parameters=[query.FILTERS[0]]))
class CallViewSet(viewsets.ReadOnlyModelViewSet[Call]):
    """The configured requests."""

    queryset = Call.objects.select_related("service").prefetch_related("dues", "locations").order_by("pk")
    serializer_class = CallSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Call]:
        return within(self.request, super().get_queryset(), "service")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        query.only(request, *(("service", *query.PAGE_WORDS) if self.action == "list" else ()))

    def filter_queryset(self, queryset: Any) -> Any:
        if "service" not in self.request.query_params:
            return queryset
        found = filters.parse({"service": self.request.query_params["service"]}, reach(self.request))
        query.refuse(found.problems)
        services = found.selection.services
        return queryset.filter(service__in=services) if services else queryset
