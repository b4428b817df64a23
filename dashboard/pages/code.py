"""The code table come alive, and one code: what it means, where it came, since when and with which messages."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient import report, said
from apiclient.catalogue import Category, Failure, Meaning, Verdict, lookup, seed_table
from apiclient.models import Service
from apiclient.report import Cell
from apiclient.sighting import Sightings, sightings
from dashboard.pages.message import group_rows
from dashboard.pages.origin import origins
from dashboard.pages.view import View, read

SPARK_BARS = 32
NO_COUNTS = [0] * SPARK_BARS
LARGEST = 999
"""Three digits make a code, whatever its first one says."""
MOST_SERVICES = 7
MOST_GROUPS = 10
REGISTRY = "IANA"


@dataclass(frozen=True, slots=True)
class Row:
    """One code or failure: ``counts`` over the range for the sparkline; ``page`` tells more, '' for no more.

    ``href`` are its outcomes.
    """

    meaning: Meaning
    failure: Failure | None
    count: int
    counts: list[int]
    href: str
    page: str


@dataclass(frozen=True, slots=True)
class Place:
    """A service that the code came from: ``count`` in the range, ``ends`` of all time."""

    service: Service
    count: int
    share: float
    ends: Sightings | None
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


def code(request: HttpRequest, code: int) -> HttpResponse:
    if code > LARGEST:
        raise Http404(f"There is no code {code}: codes have three digits.")
    view = read(request, own={"status_code": str(code)}, status_codes=frozenset({code}))
    cells = list(report.cells(view.selection, view.step_s, subject="service"))
    total = sum(cell.number for cell in cells)
    ends = sightings(view.selection, "service")
    calls, more = origins(report.cells(view.selection, None, subject="call"))
    groups, _ = said.groups(view.selection)
    series = report.series(view.selection, "service", view.step_s, cells)
    everything = sum(report.answers(replace(view.selection, status_codes=frozenset())).values())
    meaning = lookup(code)
    places = _places(view, cells, total, ends)
    context = {
        "view": view,
        "code": code,
        "meaning": meaning,
        "registered": [sense for sense in meaning.meanings if sense.origin.startswith(REGISTRY)],
        "unofficial": [sense for sense in meaning.meanings if not sense.origin.startswith(REGISTRY)],
        "total": total,
        "share": total / everything if everything else 0,
        "verdicts": _verdicts(cells),
        "first": min((one.first for one in ends.values()), default=None),
        "last": max((one.last for one in ends.values()), default=None),
        "series": report.leading(series, MOST_SERVICES),
        "places": places,
        "links": {str(place.service.pk): place.href for place in places},
        "calls": calls,
        "more": more,
        "groups": group_rows(view, groups[:MOST_GROUPS]),
        "more_groups": max(0, len(groups) - MOST_GROUPS),
        "all_messages": view.elsewhere("messages"),
    }
    return render(request, "dashboard/code.html", context)


def _verdicts(cells: Iterable[Cell]) -> list[tuple[Verdict, int]]:
    counts: dict[int, int] = defaultdict(int)
    for cell in cells:
        counts[cell.verdict] += cell.number
    return [(verdict, counts[verdict]) for verdict in Verdict if verdict in counts]


def _places(view: View, cells: Iterable[Cell], total: int, ends: dict[int | None, Sightings]) -> list[Place]:
    """The services that the code ever came from, those of the range first."""
    counts: dict[int | None, int] = defaultdict(int)
    for cell in cells:
        counts[cell.subject] += cell.number
    services = Service.objects.filter(pk__in=[pk for pk in counts | ends if pk is not None]).order_by("name")
    words: dict[str, Any] = view.words | view.moments
    places = [
        Place(
            service=one,
            count=counts[one.pk],
            share=counts[one.pk] / total if total else 0,
            ends=ends.get(one.pk),
            href=view.address(words | {"service": one.slug}),
        )
        for one in services
    ]
    return sorted(places, key=lambda place: -place.count)


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
        page=view.elsewhere("failures", **word) if failure else view.elsewhere("code", code),
    )
