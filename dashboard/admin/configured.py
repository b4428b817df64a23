"""What people configure: services, calls, and the locations that calls run in."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from apiclient import tasks
from apiclient.http.redact import MASK, redact_url
from apiclient.models import Call, Location, Service
from apiclient.models.location import reason_to_keep
from dashboard.access import sharing
from dashboard.admin.answer import CallAnswerInline, ServiceAnswerInline
from dashboard.admin.reached import Reached
from dashboard.forms import ConfiguredForm, HeadersField, SharedForm
from dashboard.forms.fields import ListField
from dashboard.mask import masked

RUN_AT_ONCE = 20


class Configured(Reached):
    """What services and calls have in common."""

    form = ConfiguredForm
    formfield_overrides = {models.JSONField: {"form_class": HeadersField}}
    readonly_fields: ClassVar[Any] = ("created_at", "updated_at")
    list_filter: ClassVar[Any] = ("enabled",)
    actions: Any = ("enable", "disable")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found and not self.has_change_permission(request, found):
            hide_secrets(found)
        return found

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names only: to list what goes with them, Django would read every outcome into memory."""
        names = [f"{thing}, with all its outcomes" for thing in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    @admin.action(description="Enable the selected %(verbose_name_plural)s", permissions=["change"])
    def enable(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._switch(request, chosen, True)

    @admin.action(description="Disable the selected %(verbose_name_plural)s", permissions=["change"])
    def disable(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._switch(request, chosen, False)

    def _switch(self, request: HttpRequest, chosen: QuerySet[Any], enabled: bool) -> None:
        word = "Enabled" if enabled else "Disabled"
        with transaction.atomic():
            things = list(chosen.exclude(enabled=enabled))
            for thing in things:
                thing.enabled = enabled
                thing.save(update_fields=["enabled", "updated_at"])
                self.log_change(request, thing, f"{word}.")
        self.message_user(request, f"{word}: {len(things)}.", messages.SUCCESS)


def hide_secrets(thing: Any) -> None:
    """For those who may look but not change; such an object is never saved."""
    thing.headers = masked(thing.headers)
    if isinstance(thing, Call):
        thing.path, thing.body = redact_url(thing.path), thing.body and MASK


@admin.register(Service)
class ServiceAdmin(Configured):
    form = SharedForm
    service_field = "pk"
    list_display = ("name", "slug", "base", "enabled")
    search_fields = ("name", "slug", "base_url")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields: ClassVar[Any] = ("managed_by", *Configured.readonly_fields)
    inlines = (ServiceAnswerInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.sharing = sharing(request)  # of the class that was made for this request
        return form

    @admin.display(description="base URL", ordering="base_url")
    def base(self, service: Service) -> str:
        return redact_url(service.base_url)


@admin.register(Call)
class CallAdmin(Configured):
    service_field = "service"
    list_display = ("name", "service", "method", "address", "schedule", "next_due_at", "enabled")
    list_select_related = ("service",)
    list_filter: ClassVar[Any] = ("enabled", "method")
    search_fields = ("name", "slug", "path", "service__name")
    autocomplete_fields = ("service",)
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("service__name", "name")
    actions: Any = ("run_now", "enable", "disable")
    filter_horizontal = ("locations",)
    inlines = (CallAnswerInline,)
    fieldsets = (
        (None, {"fields": ("service", "name", "slug", "enabled")}),
        ("What is sent", {"fields": ("method", "path", "headers", "body", "auth")}),
        ("When and where", {"fields": ("interval_seconds", "cron", "time_zone", "locations")}),
        ("How", {"fields": ("timeout_ms", "follow_redirects", "verify_tls")}),
        (
            "What is expected",
            {"fields": ("expected_codes", "slow_after_ms", "fail_after_ms", "confirm_after_s", "checks")},
        ),
        (None, {"fields": ("created_at", "updated_at")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "checks":
            kwargs["form_class"] = ListField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls: QuerySet[Call] = super().get_queryset(request)
        return calls.prefetch_related("dues").annotate(first_due_ms=Min("dues__due_ms"))

    @admin.display(description="path", ordering="path")
    def address(self, call: Call) -> str:
        return redact_url(call.path)

    @admin.display(description="schedule")
    def schedule(self, call: Call) -> str:
        if call.cron:
            return f"{call.cron} ({call.time_zone})"
        return f"every {call.interval_seconds} s" if call.interval_seconds else "on demand"

    @admin.display(description="next due", ordering="first_due_ms")
    def next_due_at(self, call: Call) -> Any:
        return call.next_due_at

    @admin.action(description="Run the selected calls now", permissions=["change"])
    def run_now(self, request: HttpRequest, chosen: QuerySet[Call]) -> None:
        calls = list(chosen.select_related("service")[: RUN_AT_ONCE + 1])
        if len(calls) > RUN_AT_ONCE:
            self.message_user(request, f"At most {RUN_AT_ONCE} calls can be run at once.", messages.ERROR)
            return
        for call in calls:
            try:
                outcome_id = tasks.run_now(call)
            except tasks.BrokerDownError as error:
                text = f"{call} was not run: the broker does not answer ({error})."
                self.message_user(request, text, messages.ERROR)
                return
            address = reverse("outcome", args=[outcome_id])
            text = format_html('{} is running. Its outcome will be at <a href="{}">{}</a>.', call, address, address)
            self.message_user(request, text, messages.SUCCESS)


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "queue")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("queue",)

    @admin.display(description="queue, for the workers' option -Q")
    def queue(self, location: Location) -> str:
        return location.queue if location.pk is not None else "answerback, a dot and the slug"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What is lost is a name: counting the outcomes that carry the number would read every one of them."""
        locations = list(objs)
        names = [f"{one}: its outcomes keep the number {one.number} and lose the name" for one in locations]
        kept = [f"{one}: {reason}" for one in locations if (reason := reason_to_keep(one))]
        return names, {"locations": len(names)}, set(), kept
