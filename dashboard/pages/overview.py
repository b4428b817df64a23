"""The overview: every service on one page, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient.catalogue import Category
from apiclient.clock import now_ms
from apiclient.latest import Latest, latest_answers
from apiclient.missed import missed_lately
from apiclient.models import Service
from apiclient.slot import due_ms_of, from_ms
from dashboard.pages.access import may_edit
from dashboard.pages.tally import Tally, tally, whole
from dashboard.pages.view import View, read

MOST_BADGES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One service: what it answered in the range, and what its calls answered last, the worst first."""

    service: Service
    tally: Tally
    calls: int
    latest: list[Latest]
    latest_at: datetime | None
    more: int

    @property
    def counts(self) -> list[int]:
        return [self.tally.categories[category] for category in Category]


def overview(request: HttpRequest) -> HttpResponse:
    view = read(request)
    services = {service.pk: service for service in Service.objects.annotate(number=Count("calls"))}
    tallies = tally(view.selection, "service", view.step_s, services)
    rows = _rows(view, services, tallies)
    context = {
        "view": view,
        "rows": rows,
        "whole": whole(tallies.values()),
        "services": len(services),
        "missed": missed_lately(now_ms()),
        "may_edit": may_edit(request),
    }
    return render(request, "dashboard/overview.html", context)


def _rows(view: View, services: dict[int, Any], tallies: dict[int, Tally]) -> list[Row]:
    latest = latest_answers()
    wanted = view.selection.services or services.keys()
    rows = [_row(services[pk], tallies[pk], latest.get(pk, [])) for pk in wanted if pk in services]
    return sorted(rows, key=lambda row: (-row.tally.failed_share, -row.tally.total, row.service.name.lower()))


def _row(service: Any, counts: Tally, latest: Iterable[Latest]) -> Row:
    groups = by_answer(latest)
    newest = max((group.newest for group in groups), default=None)
    last = None if newest is None else from_ms(due_ms_of(newest))
    return Row(service, counts, service.number, groups[:MOST_BADGES], last, max(0, len(groups) - MOST_BADGES))


def by_answer(latest: Iterable[Latest]) -> list[Latest]:
    """One for each code or failure, whatever the verdicts, the worst first."""
    found: dict[tuple[int | None, int | None], Latest] = {}
    for one in sorted(latest, key=lambda one: -one.verdict):
        key = (one.status_code, one.failure)
        first = found.get(key, one._replace(calls=0))
        found[key] = first._replace(calls=first.calls + one.calls, newest=max(first.newest, one.newest))
    return sorted(found.values(), key=lambda one: (-one.verdict, one.status_code is not None, -one.calls))
