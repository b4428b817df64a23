"""One call: what it does, when it runs, what it answered; and the button that runs it now."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apiclient import latest, phases, report
from apiclient.cadence import Cadence
from apiclient.catalogue import Failure, Meaning, lookup
from apiclient.models import Call, Outcome
from apiclient.slot import from_ms
from apiclient.tasks import BrokerDownError, run_now
from dashboard.access import may_edit
from dashboard.pages import documented
from dashboard.pages.access import editors_only, find_call
from dashboard.pages.filter_form import fields, pushed, wider
from dashboard.pages.view import View, read
from dashboard.templatetags.dashboard import span

QUANTILES = (0.5, 0.95, 0.99)
LAST_OUTCOMES = 25
NEXT_RUNS = 3
BROKER_DOWN = "The broker does not answer: no worker can be told, so the call was not run. Try again in a moment."


def call(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    found = find_call(request, service_slug, slug)
    view = read(request, own={"call": f"{service_slug}/{slug}"}, calls=frozenset({found.pk}))
    cells = list(report.cells(view.selection, view.step_s, histograms=True))
    series = report.series(view.selection, step_s=view.step_s, counted=cells)
    outcomes = list(view.listed()[:LAST_OUTCOMES])
    context = {
        "view": view,
        "call": found,
        "series": series,
        "latency": report.latency(view.selection, QUANTILES, view.step_s, cells),
        "phases": phases.breakdown(view.selection, view.step_s, series.total),
        "answers": _answers(view, cells),
        "reference": documented.of_call(view, found, cells),
        "last": _last(view, found, outcomes),
        "outcomes": outcomes,
        "fields": fields(request, view, without=("service",)),
        "wider": [] if series.total else wider(view),
        "schedule": schedule_in_words(found),
        "runs": next_runs(found),
        "locations": ", ".join(str(location) for location in found.locations.all()),
        "may_edit": may_edit(request),
    }
    return pushed(request, render(request, "dashboard/call.html", context), view)


@require_POST
@editors_only
def run(request: HttpRequest, service_slug: str, slug: str) -> HttpResponse:
    """Run it now, outside the timetable, and go where its outcome will be; a script is told so in place."""
    found = find_call(request, service_slug, slug)
    in_place = "HX-Request" in request.headers
    try:
        slot = run_now(found)
    except BrokerDownError:
        if in_place:
            return render(request, "dashboard/partials/run.html", {"problem": BROKER_DOWN})
        messages.error(request, BROKER_DOWN)
        return redirect("call", service_slug, slug)
    return render(request, "dashboard/partials/run.html", {"pk": slot}) if in_place else redirect("outcome", slot)


def next_runs(call: Call) -> list[datetime]:
    """When it runs next, and then: in the location whose turn is first. None while paused or on demand only."""
    turns = [(due.due_ms, due.cadence) for due in call.dues.all() if due.due_ms is not None]
    if not turns:
        return []
    due_ms, cadence = min(turns)
    return [from_ms(ms) for ms in islice(Cadence.read(cadence).slots_after(call.pk, due_ms - 1), NEXT_RUNS)]


def schedule_in_words(call: Call) -> str:
    """``every 5 min``, ``by cron */5 * * * * in Europe/Kyiv``, ``on demand only``."""
    if call.cron:
        return f"by cron {call.cron} in {call.time_zone}"
    return f"every {span(call.interval_seconds)}" if call.interval_seconds else "on demand only"


def _last(view: View, found: Call, listed: list[Outcome]) -> Outcome | None:
    """The newest outcome of all: often it stands in the list already."""
    if listed and not view.words and "until" not in view.moments:
        return listed[0]
    return latest.latest_outcomes([found.pk]).get(found.pk)


def _answers(view: View, cells: list[report.Cell]) -> list[dict[str, Any]]:
    """How often each code or failure came, the most frequent first."""
    counts = report.answers(view.selection, cells)
    total = sum(counts.values())
    found = []
    for (code, failure), number in sorted(counts.items(), key=lambda pair: -pair[1]):
        kind = Failure(failure) if failure else None
        meaning: Meaning = lookup(code, kind)
        word = {"failure": kind.slug} if kind else {"status_code": str(code)}
        found.append(
            {
                "code": code,
                "failure": failure,
                "meaning": meaning,
                "count": number,
                "share": number / total,
                "href": view.outcomes(**word),
            }
        )
    return found
