"""The admin interface: services and calls are edited here; what came of them is only read."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from apiclient import tasks
from apiclient.catalogue import CodeClass, Failure, Verdict
from apiclient.http.redact import MASK, redact_url
from apiclient.models import Batch, Call, Message, Outcome, OutcomeDetail, Service, User
from apiclient.schedule import START_GRACE_MS
from apiclient.selection import Selection
from apiclient.slot import EPOCH, first_slot, from_ms, to_ms
from dashboard.forms import ConfiguredForm, HeadersField
from dashboard.mask import masked

admin.site.site_header = admin.site.site_title = "Answerback"
admin.site.index_title = "Administration"
admin.site.register(User, UserAdmin)

NEWEST = 1_000
RUN_AT_ONCE = 20


class Configured(admin.ModelAdmin):  # type: ignore[type-arg]
    """What services and calls have in common."""

    form = ConfiguredForm
    formfield_overrides = {models.JSONField: {"form_class": HeadersField}}
    readonly_fields = ("created_at", "updated_at")
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
    list_display = ("name", "slug", "base", "enabled")
    search_fields = ("name", "slug", "base_url")
    prepopulated_fields = {"slug": ("name",)}

    @admin.display(description="base URL", ordering="base_url")
    def base(self, service: Service) -> str:
        return redact_url(service.base_url)


@admin.register(Call)
class CallAdmin(Configured):
    list_display = ("name", "service", "method", "address", "schedule", "next_due_at", "enabled")
    list_select_related = ("service", "due")
    list_filter: ClassVar[Any] = ("enabled", "method")
    search_fields = ("name", "slug", "path", "service__name")
    autocomplete_fields = ("service",)
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("service__name", "name")
    actions: Any = ("run_now", "enable", "disable")
    fieldsets = (
        (None, {"fields": ("service", "name", "slug", "enabled")}),
        ("What is sent", {"fields": ("method", "path", "headers", "body")}),
        ("When", {"fields": ("interval_seconds", "cron", "time_zone")}),
        ("How", {"fields": ("timeout_ms", "follow_redirects", "verify_tls")}),
        ("What is expected", {"fields": ("expected_codes", "slow_after_ms")}),
        (None, {"fields": ("created_at", "updated_at")}),
    )

    @admin.display(description="path", ordering="path")
    def address(self, call: Call) -> str:
        return redact_url(call.path)

    @admin.display(description="schedule")
    def schedule(self, call: Call) -> str:
        if call.cron:
            return f"{call.cron} ({call.time_zone})"
        return f"every {call.interval_seconds} s" if call.interval_seconds else "on demand"

    @admin.display(description="next due", ordering="due__due_ms")
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
            # Each broker has errors of its own, and the call stands in a batch already: the reaper announces it again.
            except Exception as error:
                text = (
                    f"{call} waits: the broker does not answer ({error}). It runs if the broker is back within "
                    f"{START_GRACE_MS // 1000} seconds, else it is recorded as missed."
                )
                self.message_user(request, text, messages.ERROR)
                return
            address = reverse("outcome", args=[outcome_id])
            text = format_html('{} is running. Its outcome will be at <a href="{}">{}</a>.', call, address, address)
            self.message_user(request, text, messages.SUCCESS)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """What the system writes. Nobody adds, changes or deletes it by hand."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewestPages(Paginator):  # type: ignore[type-arg]
    """The newest of a list only: counting millions of rows, or skipping them, would take longer than reading."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.values_list("pk", flat=True)[:NEWEST])


class DueFilter(admin.SimpleListFilter):
    """Always on, the last day unless chosen otherwise: it bounds what the other filters have to read."""

    title, parameter_name = "due in the last", "since"
    hours = {"1": "hour", "24": "day", "168": "week", "720": "month"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.hours.items())

    def value(self) -> str:
        chosen = super().value()
        return chosen if chosen in self.hours else "24"

    def choices(self, changelist: Any) -> Iterator[Any]:
        return islice(super().choices(changelist), 1, None)

    def queryset(self, request: HttpRequest, rows: QuerySet[Outcome]) -> QuerySet[Outcome]:
        since = timezone.now() - timedelta(hours=int(self.value()))
        return rows.filter(pk__gte=first_slot(to_ms(since)))


class WordFilter(admin.SimpleListFilter):
    """One of the contract's words; its choices are constants, so drawing it costs no query."""

    kind: Any
    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(getattr(each, "slug", each), each.label) for each in self.kind]

    def queryset(self, request: HttpRequest, rows: QuerySet[Outcome]) -> QuerySet[Outcome]:
        chosen = frozenset(each for each in self.kind if getattr(each, "slug", each) == self.value())
        words: dict[str, Any] = {self.field: chosen}
        return rows.filter(Selection(EPOCH, EPOCH, **words).answers())


class CodeClassFilter(WordFilter):
    title, parameter_name, field, kind = "code class", "code_class", "code_classes", CodeClass


class FailureFilter(WordFilter):
    title = parameter_name = "failure"
    field, kind = "failures", Failure


class VerdictFilter(WordFilter):
    title = parameter_name = "verdict"
    field, kind = "verdicts", Verdict


class DetailInline(admin.StackedInline):  # type: ignore[type-arg]
    model = OutcomeDetail
    verbose_name_plural = "what was sent and what came back"
    can_delete = False
    fields = readonly_fields = (
        "method", "url", "request_headers", "reason", "http_version", "remote_address", "remote_port",
        "headers", "text", "message", "interim", "redirects", "certificate", "error",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="body")
    def text(self, detail: OutcomeDetail) -> str:
        return bytes(detail.body).decode("utf-8", "replace")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnly):
    paginator = NewestPages
    ordering = ("-id",)
    list_display = ("due_at", "call", "status_code", "meant", "judged", "total_ms", "lag_ms")
    list_select_related = ("call__service",)
    list_filter = (DueFilter, CodeClassFilter, FailureFilter, VerdictFilter)
    sortable_by = ()
    inlines = (DetailInline,)
    fields = (
        "id", "call", "due_at", "started_at", "lag_ms", "status_code", "meant", "judged", "total_ms",
        "dns_us", "connect_us", "tls_us", "wait_us", "transfer_us", "body_bytes",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="meaning")
    def meant(self, outcome: Outcome) -> str:
        return outcome.meaning.message

    @admin.display(description="verdict")
    def judged(self, outcome: Outcome) -> str:
        return outcome.judgement.label

    @admin.display(description="total ms")
    def total_ms(self, outcome: Outcome) -> float:
        return outcome.total_us / 1000


@admin.register(Message)
class MessageAdmin(ReadOnly):
    ordering = ("-last_seen",)
    list_display = ("text", "service", "first_seen", "last_seen")
    list_select_related = ("service",)
    search_fields = ("text",)


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    ordering = ("-id",)
    list_display = ("id", "open_slots", "created_at", "lease_until", "leases")

    @admin.display(description="open slots")
    def open_slots(self, batch: Batch) -> int:
        return len(batch.slots)

    @admin.display(description="created at")
    def created_at(self, batch: Batch) -> Any:
        return from_ms(batch.created_ms)

    @admin.display(description="lease until")
    def lease_until(self, batch: Batch) -> Any:
        return batch.lease_until_ms and from_ms(batch.lease_until_ms)
