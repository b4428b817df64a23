"""What the system writes: looked at, never edited."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from apiclient.catalogue import CodeClass, Failure, Verdict
from apiclient.models import Batch, Message, Outcome, OutcomeDetail
from apiclient.selection import Selection
from apiclient.slot import EPOCH, first_slot, from_ms, to_ms
from dashboard.access import reach
from dashboard.admin.reached import Reached

NEWEST = 1_000


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
class OutcomeAdmin(Reached, ReadOnly):
    service_field = "call__service"
    paginator = NewestPages
    ordering = ("-id",)
    list_display = ("due_at", "call", "status_code", "meant", "judged", "total_ms", "lag_ms")
    list_select_related = ("call__service",)
    list_filter = (DueFilter, CodeClassFilter, FailureFilter, VerdictFilter)
    sortable_by = ()
    inlines = (DetailInline,)
    fields = (
        "id", "call", "location_id", "due_at", "started_at", "lag_ms", "status_code", "meant", "missed_because",
        "judged", "total_ms",
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
class MessageAdmin(Reached, ReadOnly):
    service_field = "service"
    ordering = ("-last_seen",)
    list_display = ("text", "service", "first_seen", "last_seen")
    list_select_related = ("service",)
    search_fields = ("text",)


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    """Of slots of all services at once, so only for who sees all of them."""

    ordering = ("-id",)
    list_display = ("id", "location_id", "open_slots", "created_at", "lease_until", "leases")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        batches: QuerySet[Batch] = super().get_queryset(request)
        return batches if reach(request) is None else batches.none()

    @admin.display(description="open slots")
    def open_slots(self, batch: Batch) -> int:
        return len(batch.slots)

    @admin.display(description="created at")
    def created_at(self, batch: Batch) -> Any:
        return from_ms(batch.created_ms)

    @admin.display(description="lease until")
    def lease_until(self, batch: Batch) -> Any:
        return batch.lease_until_ms and from_ms(batch.lease_until_ms)
