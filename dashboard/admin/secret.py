"""Secrets for the operator: names, and values written but never shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apiclient.models import Secret
from apiclient.models.secret import FIXED, reason_to_keep
from dashboard.admin.reached import Reached
from dashboard.forms import SecretForm


@admin.register(Secret)
class SecretAdmin(Reached):
    form = SecretForm
    service_field = "service"
    list_display = ("name", "environment", "service", "updated_at")
    list_select_related = ("service",)
    search_fields = ("name", "service__name")
    fields = ("service", "name", "environment", "value", "created_at", "updated_at")
    readonly_fields = ("created_at", "updated_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What it is called stays, once it is there."""
        return (*self.readonly_fields, *(name.removesuffix("_id") for name in FIXED if obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look is not shown that there is a field for it."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [name for name in self.fields if name != "value" or may]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        secrets = list(objs)
        kept = [f"{one}: {reason}" for one in secrets if (reason := reason_to_keep(one))]
        return [str(one) for one in secrets], {"secrets": len(secrets)}, set(), kept
