"""One service: its chart, and its calls as rows, the worst first."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from apiclient.catalogue import CodeClass
from apiclient.latest import latest_outcomes
from apiclient.models import Call, Outcome, Service
from dashboard.pages.tally import Tally, tally, whole
from dashboard.pages.view import View, read


@dataclass(frozen=True, slots=True)
class Row:
    """One call; ``classes`` are its counts in the order of CodeClass."""

    call: Call
    tally: Tally
    latest: Outcome | None
    classes: list[int]


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
    }
    return render(request, "dashboard/service.html", context)


def _rows(view: View, found: Service) -> list[Row]:
    calls = list(Call.objects.filter(service=found).select_related("due"))
    tallies = tally(view.selection, "call", view.step_s, [call.pk for call in calls])
    latest = latest_outcomes(call.pk for call in calls)
    for call in calls:
        call.service = found
    rows = [
        Row(call, tallies[call.pk], latest.get(call.pk), [tallies[call.pk].classes[word] for word in CodeClass])
        for call in calls
    ]
    return sorted(rows, key=lambda row: (-row.tally.failed_share, row.call.name.lower()))
