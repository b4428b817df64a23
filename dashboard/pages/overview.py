"""The overview: every service on one page, the worst first."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient.catalogue import Category
from apiclient.clock import now_ms
from apiclient.latest import latest_outcomes
from apiclient.missed import missed_lately
from apiclient.models import Call, Outcome, Service
from dashboard.pages.tally import Tally, tally, whole
from dashboard.pages.view import View, read

MOST_BADGES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One service: what it answered in the range, and what each of its calls answered last."""

    service: Service
    tally: Tally
    calls: int
    latest: list[tuple[Outcome, int]]
    latest_at: datetime | None
    more: int

    @property
    def counts(self) -> list[int]:
        return [self.tally.categories[category] for category in Category]


def overview(request: HttpRequest) -> HttpResponse:
    view = read(request)
    services = {service.pk: service for service in Service.objects.all()}
    tallies = tally(view.selection, "service", view.step_s, services)
    rows = _rows(view, services, tallies)
    context = {
        "view": view,
        "rows": rows,
        "whole": whole(tallies.values()),
        "services": len(services),
        "missed": missed_lately(now_ms()),
    }
    return render(request, "dashboard/overview.html", context)


def _rows(view: View, services: dict[int, Service], tallies: dict[int, Tally]) -> list[Row]:
    calls: dict[int, list[int]] = defaultdict(list)
    for call_id, service_id in Call.objects.values_list("pk", "service_id"):
        calls[service_id].append(call_id)
    latest = latest_outcomes(call_id for ids in calls.values() for call_id in ids)
    wanted = view.selection.services or services.keys()
    rows = [
        _row(services[pk], tallies[pk], calls[pk], [latest[call_id] for call_id in calls[pk] if call_id in latest])
        for pk in wanted
        if pk in services
    ]
    return sorted(rows, key=lambda row: (-row.tally.failed_share, -row.tally.total, row.service.name.lower()))


def _row(service: Service, counts: Tally, calls: list[int], latest: list[Outcome]) -> Row:
    groups = group_by_answer(latest)
    last = max((outcome.due_at for outcome in latest), default=None)
    return Row(service, counts, len(calls), groups[:MOST_BADGES], last, max(0, len(groups) - MOST_BADGES))


def group_by_answer(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, int]]:
    """One outcome of each code or failure and how many there are, the worst first."""
    samples = {(outcome.status_code, outcome.failure): outcome for outcome in outcomes}
    counts = Counter((outcome.status_code, outcome.failure) for outcome in outcomes)
    pairs = [(samples[key], number) for key, number in counts.items()]
    return sorted(pairs, key=lambda pair: (-pair[0].verdict, pair[0].status_code is not None, -pair[1]))
