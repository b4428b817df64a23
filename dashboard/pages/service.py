"""One service: its charts, its calls as rows, what is broken now first, and what its servers said."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient import report, said
from apiclient.catalogue import CodeClass, Verdict
from apiclient.clock import now_ms
from apiclient.latest import latest_outcomes
from apiclient.missed import missed_lately
from apiclient.models import Call, Due, Message, Outcome, Service
from apiclient.models.answer import references_of
from apiclient.slot import due_ms_of, from_ms
from dashboard.access import may_edit
from dashboard.pages import documented
from dashboard.pages.access import find_service
from dashboard.pages.answers import Answers, answers_of
from dashboard.pages.figures import figures, length_in_words
from dashboard.pages.tally import Tally, counted, slice_seconds, tally
from dashboard.pages.view import View, read

QUANTILES = (0.5, 0.95, 0.99)
MOST_MESSAGES = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One call; ``classes`` are its counts in the order of CodeClass, ``next_due_at`` is None on demand.

    ``failing`` says that it is not paused and failed when it last ran.
    """

    call: Call
    tally: Tally
    latest: Outcome | None
    failing: bool
    classes: list[int]
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message, how often it came in the range, and when last."""

    message: Message
    count: int
    last_at: datetime


def service(request: HttpRequest, slug: str) -> HttpResponse:
    found = find_service(request, slug)
    view = read(request, own={"service": found.slug}, services=frozenset({found.pk}))
    cells = list(report.cells(view.selection, view.step_s, histograms=True))
    total = counted(cells)
    rows = _rows(view, found)
    context = {
        "view": view,
        "service": found,
        "series": report.series(view.selection, step_s=view.step_s, counted=cells),
        "latency": report.latency(view.selection, QUANTILES, view.step_s, cells),
        "answers": _answers(view, cells),
        "rows": rows,
        "reference": _reference(view, found, rows),
        "whole": total,
        "figures": figures(view, total),
        "period": length_in_words(view),
        "class_words": list(CodeClass),
        "said": _said(view),
        "missed": missed_lately(now_ms(), frozenset({found.pk})),
        "may_edit": may_edit(request),
    }
    return render(request, "dashboard/service.html", context)


def _answers(view: View, cells: list[report.Cell]) -> Answers:
    return answers_of(view, cells, slice_seconds(view.selection, "call", view.step_s))


def _rows(view: View, found: Service) -> list[Row]:
    calls = list(Call.objects.filter(service=found).only("name", "slug", "method", "path", "enabled").order_by("name"))
    tallies = tally(view.selection, "call", view.step_s, [call.pk for call in calls])
    latest = latest_outcomes(call.pk for call in calls)
    due = _next_due(found)
    rows = [_row(found, call, tallies[call.pk], latest.get(call.pk), due.get(call.pk)) for call in calls]
    return sorted(rows, key=lambda row: (not row.failing, -row.tally.failed_share, row.call.name.lower()))


def _reference(view: View, found: Service, rows: list[Row]) -> documented.Reference:
    references = references_of([(0, found.pk), *((row.call.pk, found.pk) for row in rows)])
    answered = []
    for row in rows:
        counts: Counter[int] = Counter()
        for (code, _, _), number in row.tally.answers.items():
            if code is not None:
                counts[code] += number
        row.call.service = found
        answered.append((row.call, counts))
    return documented.of_service(view, answered, references, references[0])


def _row(found: Service, call: Call, counts: Tally, latest: Outcome | None, due_ms: int | None) -> Row:
    return Row(
        call=call,
        tally=counts,
        latest=latest,
        failing=bool(found.enabled and call.enabled and latest and latest.verdict == Verdict.FAILED),
        classes=[counts.classes[word] for word in CodeClass],
        next_due_at=None if due_ms is None else from_ms(due_ms),
    )


def _next_due(found: Service) -> dict[int, int | None]:
    """The first of each call's next slots in any of its locations."""
    rows = Due.objects.filter(call__service=found).order_by().values_list("call")
    return dict(rows.annotate(Min("due_ms")))


def _said(view: View) -> list[Said]:
    """The most frequent messages of the range."""
    groups = said.groups(view.selection)[0][:MOST_MESSAGES]
    counts = {pk: (group.count, group.newest) for group in groups for pk in group.messages}
    messages = Message.objects.in_bulk(counts)
    return [
        Said(messages[pk], number, from_ms(due_ms_of(newest)))
        for pk, (number, newest) in counts.items()
        if pk in messages
    ]
