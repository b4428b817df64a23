"""Webhooks for the operator: whose there are, on or off, and what was sent. They are made in the pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apiclient.http.redact import redact_url
from apiclient.models import Delivery, Webhook
from dashboard import webhook as telling
from dashboard.admin.written import NewestPages, ReadOnly


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Never shows a secret: a new one is made in the pages, where it is shown once."""

    list_display = ("name", "address", "owner", "team", "enabled", "gone_at")
    list_select_related = ("owner", "team")
    search_fields = ("name", "owner__username", "team__name")
    fields = (
        "name", "address", "enabled", "changes", "limited", "services", "owner", "team",
        "secret_changed_at", "gone_at", "created_at", "updated_at",
    )  # fmt: skip
    readonly_fields = tuple(name for name in fields if name not in ("name", "enabled"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return telling.listed(request).order_by("name", "pk")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return redirect("webhook-new")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names only: what was sent to them goes with them."""
        names = [f"{webhook}, with what was sent to it" for webhook in objs]
        return names, {"webhooks": len(names)}, set(), []

    @admin.display(description="address")
    def address(self, webhook: Webhook) -> str:
        return redact_url(webhook.url)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    paginator = NewestPages
    ordering = ("-id",)
    list_display = ("created_at", "webhook", "change", "subject", "state", "attempts", "status_code", "failed_by")
    list_select_related = ("webhook",)
    fields = (
        "event_id", "webhook", "change", "subject", "state", "attempts", "created_at", "attempted_at", "next_at",
        "delivered_at", "gave_up_at", "status_code", "failed_by", "said", "body",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return telling.deliveries(request).order_by("-pk")

    @admin.display(description="failure")
    def failed_by(self, delivery: Delivery) -> str:
        failure = delivery.kind_of_failure
        return failure.label if failure else ""
