"""The overview: every service on one page, what is broken now first, and what never came before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apiclient.catalogue import Category, Failure, Verdict, category_of, lookup
from apiclient.clock import now_ms
from apiclient.latest import Latest, latest_answers
from apiclient.missed import missed_lately
from apiclient.models import Message, Service
from apiclient.sighting import Answer, new_answers, new_messages
from apiclient.slot import due_ms_of, from_ms
from dashboard.access import is_in_no_team, may_edit, reach, within
from dashboard.pages.figures import elapsed, figures, length_in_words
from dashboard.pages.tally import Tally, tally, whole
from dashboard.pages.view import View, read

MOST_BADGES = 4
MOST_NEW = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One service: what it answered in the range, and what its calls answered last, the worst first.

    ``failing`` of its ``calls`` failed when they last ran, those that are paused not counted; ``rate`` is per second.
    """

    service: Service
    tally: Tally
    calls: int
    failing: int
    rate: float
    latest: list[Latest]
    latest_at: datetime | None
    more: int

    @property
    def counts(self) -> list[int]:
        return [self.tally.categories[category] for category in Category]


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A code or failure that this service gave in the range for the first time, how often, and where that is listed."""

    service: Service
    status_code: int | None
    failure: int | None
    count: int
    address: str

    @property
    def message(self) -> str:
        return lookup(self.status_code, Failure(self.failure) if self.failure else None).message


@dataclass(frozen=True, slots=True)
class News:
    """What never came before the range; of the answers so many more than are shown."""

    answers: list[NewAnswer]
    messages: list[Message]
    more: int


def overview(request: HttpRequest) -> HttpResponse:
    view = read(request)
    rows = within(request, Service.objects.all(), "pk").annotate(number=Count("calls"))
    services = {service.pk: service for service in rows}
    tallies = tally(view.selection, "service", view.step_s, services)
    total = whole(tallies.values())
    context = {
        "view": view,
        "rows": _rows(view, services, tallies, latest_answers(reach(request))),
        "whole": total,
        "figures": figures(view, total),
        "period": length_in_words(view),
        "news": _news(view, services, tallies),
        "services": len(services),
        "missed": missed_lately(now_ms(), reach(request)),
        "may_edit": may_edit(request),
        "is_in_no_team": is_in_no_team(request),
    }
    return render(request, "dashboard/overview.html", context)


def _rows(
    view: View, services: dict[int, Any], tallies: dict[int, Tally], latest: dict[int, list[Latest]]
) -> list[Row]:
    seconds = elapsed(view)
    wanted = view.selection.services or services.keys()
    rows = [_row(services[pk], tallies[pk], latest.get(pk, []), seconds) for pk in wanted if pk in services]
    return sorted(rows, key=_urgency)


def _urgency(row: Row) -> tuple[Any, ...]:
    return (not row.failing, -row.tally.failed_share, -row.tally.total, row.service.name.lower())


def _row(service: Any, counts: Tally, latest: list[Latest], seconds: float) -> Row:
    groups = by_answer(latest)
    newest = max((group.newest for group in groups), default=None)
    return Row(
        service=service,
        tally=counts,
        calls=service.number,
        failing=sum(one.running for one in latest if one.verdict == Verdict.FAILED) if service.enabled else 0,
        rate=counts.total / seconds,
        latest=groups[:MOST_BADGES],
        latest_at=None if newest is None else from_ms(due_ms_of(newest)),
        more=max(0, len(groups) - MOST_BADGES),
    )


def by_answer(latest: Iterable[Latest]) -> list[Latest]:
    """One for each code or failure, whatever the verdicts, the worst first."""
    found: dict[tuple[int | None, int | None], Latest] = {}
    for one in sorted(latest, key=lambda one: -one.verdict):
        key = (one.status_code, one.failure)
        first = found.get(key, one._replace(calls=0))
        found[key] = first._replace(calls=first.calls + one.calls, newest=max(first.newest, one.newest))
    return sorted(found.values(), key=lambda one: (-one.verdict, one.status_code is not None, -one.calls))


def _news(view: View, services: dict[int, Any], tallies: dict[int, Tally]) -> News:
    messages = list(new_messages(view.selection, MOST_NEW))
    answers = _new_answers(view, services, tallies)
    shown = answers[: MOST_NEW - min(len(messages), MOST_NEW // 2)]
    return News(shown, messages[: MOST_NEW - len(shown)], len(answers) - len(shown))


def _new_answers(view: View, services: dict[int, Any], tallies: dict[int, Tally]) -> list[NewAnswer]:
    """The most frequent first; last what says nothing about a server in trouble."""
    counts: Counter[Answer] = Counter()
    for pk, one in tallies.items():
        for (code, failure, _), number in one.answers.items():
            counts[pk, code, failure] += number
    new = new_answers(counts, view.selection.since)
    new_first = sorted(new, key=lambda one: (_is_calm(*one[1:]), -counts[one]))
    return [
        _new_answer(view, services[pk], code, failure, counts[pk, code, failure]) for pk, code, failure in new_first
    ]


def _is_calm(code: int | None, failure: int | None) -> bool:
    return category_of(code) is Category.SUCCESS or failure == Failure.MISSED


def _new_answer(view: View, service: Service, code: int | None, failure: int | None, count: int) -> NewAnswer:
    word = {"failure": Failure(failure).slug} if failure else {"status_code": str(code)}
    return NewAnswer(service, code, failure, count, view.outcomes(service=service.slug, **word))
