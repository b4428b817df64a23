"""``services/``: the APIs somebody depends on."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from apiclient.http.redact import redact_url
from apiclient.models import Service
from dashboard.access import within
from dashboard.api import query
from dashboard.mask import masked


class ServiceSerializer(serializers.ModelSerializer[Service]):
    base_url = serializers.SerializerMethodField()
    headers = serializers.SerializerMethodField(help_text="Sent with every call of the service; secrets are masked.")

    class Meta:
        model = Service
        fields = (
            "id", "name", "slug", "base_url", "description", "headers", "concurrency", "enabled",
            "created_at", "updated_at",
        )  # fmt: skip

    def get_base_url(self, service: Service) -> str:
        return redact_url(service.base_url)

    def get_headers(self, service: Service) -> dict[str, str]:
        return masked(service.headers)


class ServiceViewSet(viewsets.ReadOnlyModelViewSet[Service]):
    """The APIs somebody depends on."""

    queryset = Service.objects.order_by("pk")
    serializer_class = ServiceSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Service]:
        return within(self.request, super().get_queryset(), "pk")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        query.only(request, *(query.PAGE_WORDS if self.action == "list" else ()))
