"""One service: its chart, and its calls as rows, the worst first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from apiclient.catalogue import CodeClass
from apiclient.clock import now_ms
from apiclient.latest import latest_outcomes
from apiclient.missed import missed_lately
from apiclient.models import Call, Due, Outcome, Service
from apiclient.slot import from_ms
from dashboard.pages.access import may_edit
from dashboard.pages.tally import Tally, tally, whole
from dashboard.pages.view import View, read


@dataclass(frozen=True, slots=True)
class Row:
    """One call; ``classes`` are its counts in the order of CodeClass, ``next_due_at`` is None on demand."""

    call: Call
    tally: Tally
    latest: Outcome | None
    classes: list[int]
    next_due_at: datetime | None


def service(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Service, slug=slug)
    view = read(request, own={"service": found.slug}, services=frozenset({found.pk}))
    rows = _rows(view, found)
    context = {
        "view": view,
        "service": found,
        "rows": rows,
        "whole": whole(row.tally for row in rows),
        "class_words": list(CodeClass),
        "missed": missed_lately(now_ms(), found.pk),
        "may_edit": may_edit(request),
    }
    return render(request, "dashboard/service.html", context)


def _rows(view: View, found: Service) -> list[Row]:
    calls = list(Call.objects.filter(service=found).only("name", "slug", "method", "path", "enabled").order_by("name"))
    tallies = tally(view.selection, "call", view.step_s, [call.pk for call in calls])
    latest = latest_outcomes(call.pk for call in calls)
    due = _next_due(found)
    rows = [_row(call, tallies[call.pk], latest.get(call.pk), due.get(call.pk)) for call in calls]
    return sorted(rows, key=lambda row: (-row.tally.failed_share, row.call.name.lower()))


def _row(call: Call, counts: Tally, latest: Outcome | None, due_ms: int | None) -> Row:
    classes = [counts.classes[word] for word in CodeClass]
    return Row(call, counts, latest, classes, None if due_ms is None else from_ms(due_ms))


def _next_due(found: Service) -> dict[int, int | None]:
    """The first of each call's next slots in any of its locations."""
    rows = Due.objects.filter(call__service=found).order_by().values_list("call")
    return dict(rows.annotate(Min("due_ms")))
