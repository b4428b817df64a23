"""The code table come alive: every code, its message, and how often it came in the range."""

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient import report
from apiclient.catalogue import Category, Failure, Meaning, lookup, seed_table
from dashboard.pages.view import View, read

SPARK_BARS = 32
NO_COUNTS = [0] * SPARK_BARS


@dataclass(frozen=True, slots=True)
class Row:
    """One code or failure: ``counts`` over the range for the sparkline."""

    meaning: Meaning
    failure: Failure | None
    count: int
    counts: list[int]
    href: str


def codes(request: HttpRequest) -> HttpResponse:
    view = read(request)
    seen = _seen(view)
    table = {
        category: [_row(view, seen, meaning.code, None) for meaning in meanings]
        for category, meanings in seed_table().items()
    }
    in_table = {row.meaning.code for rows in table.values() for row in rows}
    others = sorted({code for code, _ in seen if code is not None} - in_table)
    context = {
        "view": view,
        "columns": [(category, rows, sum(row.count for row in rows)) for category, rows in table.items()],
        "others": [_row(view, seen, code, None) for code in others],
        "failures": [_row(view, seen, None, failure) for failure in Failure],
        "no_response": Category.NO_RESPONSE,
    }
    return render(request, "dashboard/codes.html", context)


Seen = dict[tuple[int | None, int | None], Counter[int]]


def _seen(view: View) -> Seen:
    """Counts per slice of the range for every code and failure that came."""
    selection = view.selection
    bars = (selection.until_s - selection.since_s) // view.step_s
    first = selection.since_s // view.step_s
    seen: Seen = {}
    for cell in report.cells(selection, view.step_s):
        bar = min(SPARK_BARS - 1, (cell.step - first) * SPARK_BARS // bars)
        seen.setdefault((cell.status_code, cell.failure), Counter())[bar] += cell.number
    return seen


def _row(view: View, seen: Seen, code: int | None, failure: Failure | None) -> Row:
    counts = seen.get((code, failure))
    word = {"failure": failure.slug} if failure else {"status_code": str(code)}
    return Row(
        meaning=lookup(code, failure),
        failure=failure,
        count=counts.total() if counts else 0,
        counts=[counts[bar] for bar in range(SPARK_BARS)] if counts else NO_COUNTS,
        href=view.outcomes(**word),
    )
