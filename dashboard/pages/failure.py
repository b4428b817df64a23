"""Failures without an answer, by type over time: beside the code classes, never among them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient import report
from apiclient.catalogue import Category, Failure
from apiclient.report import Cell
from dashboard.pages.origin import origins
from dashboard.pages.view import View, read

OURS = {Failure.WORKER_LOST, Failure.MISSED, Failure.INTERNAL}
"""Of which Answerback itself is the cause, not the service."""
MOST_TYPES = 7
ALL = frozenset(Failure)


@dataclass(frozen=True, slots=True)
class Row:
    """One type: ``share`` is its part of all outcomes of the range; ``here`` shows this page with it alone."""

    failure: Failure
    ours: bool
    count: int
    share: float
    outcomes: str
    here: str


def failures(request: HttpRequest) -> HttpResponse:
    view = read(request)
    cells = list(report.cells(view.selection, view.step_s))
    series = report.series(view.selection, "failure", view.step_s, cells)
    rows = _rows(view, cells)
    narrowed = replace(view.selection, failures=view.selection.failures or ALL)
    calls, more = origins(report.cells(narrowed, None, subject="call"))
    context = {
        "view": view,
        "series": report.leading(series, MOST_TYPES),
        "classes": report.series(view.selection, step_s=view.step_s, counted=cells),
        "links": {row.failure.slug: row.outcomes for row in rows},
        "no_response": view.outcomes(category=str(Category.NO_RESPONSE)),
        "total": sum(cell.number for cell in cells),
        "rows": [row for row in rows if row.count],
        "absent": [row for row in rows if not row.count],
        "calls": calls,
        "more": more,
    }
    return render(request, "dashboard/failures.html", context)


def _rows(view: View, cells: Iterable[Cell]) -> list[Row]:
    """Every type, the most frequent first."""
    counts: Counter[int | None] = Counter()
    for cell in cells:
        counts[cell.failure] += cell.number
    total = counts.total() or 1
    rows = [
        Row(
            failure=one,
            ours=one in OURS,
            count=counts[one],
            share=counts[one] / total,
            outcomes=view.outcomes(failure=one.slug),
            here=view.address(view.words | view.moments | {"failure": one.slug}),
        )
        for one in Failure
    ]
    return sorted(rows, key=lambda row: -row.count)
