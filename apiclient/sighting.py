"""When an answer came first and last, and which answers and messages are new, as far back as rollups are kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Max, Min, QuerySet, Value

from apiclient.clock import now_ms
from apiclient.models import Message, Service, Step
from apiclient.report import NOBODY, rollups, rows
from apiclient.selection import Selection
from apiclient.slot import EPOCH, from_ms
from apiclient.source import Scope, Source, scope_of, sources

NEAR = timedelta(days=7)
"""Nearly every answer of a span came in the week before too: only the others are looked for in all of history."""
MOST_MESSAGES = 20

Answer = tuple[int, int | None, int | None]
"""A service's id, and a status_code or else a failure."""


class Sighting(NamedTuple):
    """Some moment in the ``within_s`` seconds from ``start_s`` (since 2020) on: the shortest step that is kept."""

    start_s: int
    within_s: int

    @property
    def at(self) -> datetime:
        return EPOCH + timedelta(seconds=self.start_s)

    def holds(self, other: "Sighting") -> bool:
        return 0 <= other.start_s - self.start_s < self.within_s


class Sightings(NamedTuple):
    """The first and the last of them."""

    first: Sighting
    last: Sighting


def new_answers(candidates: Iterable[Answer], since: datetime) -> set[Answer]:
    """Those of the answers of a span that never came before it: ``since`` is where the span begins."""
    fresh = set(candidates)
    for begin, end in ((max(EPOCH, since - NEAR), since), (EPOCH, since - NEAR)):
        if fresh and begin < end:
            before = Selection(begin, end, services=frozenset(service for service, *_ in fresh))
            cells = rows(before, None, subject="service")
            fresh -= {(service, code, failure) for _, service, code, failure, *_ in cells}
    return fresh


def new_messages(selection: Selection, most: int = MOST_MESSAGES) -> QuerySet[Message]:
    """Messages of the selection's services that were seen for the first time in its span, the newest first."""
    found = Message.objects.filter(first_seen__gte=selection.since, first_seen__lt=selection.until)
    if selection.services:
        found = found.filter(service__in=selection.services)
    return found.select_related("service").order_by("-first_seen", "-pk")[:most]


def sightings(selection: Selection, subject: str = "") -> dict[int | None, Sightings]:
    """When the answers that a selection asks for came first and last, in all that is kept of its services.

    By the id of each service where ``subject`` is ``service``, else of all together under None. Its span, its calls
    and its text are left out of account.
    """
    selection = replace(selection, calls=frozenset())
    scope = scope_of(selection, subject)
    if scope == "service" and not selection.services:
        selection = replace(selection, services=frozenset(Service.objects.order_by().values_list("pk", flat=True)))
    # What is due a moment later may be there already.
    ever = Selection(EPOCH, from_ms(now_ms()) + timedelta(days=1)).whole(Step.MINUTE)
    rough = {
        key: Sightings(min(some), max(some))
        for key, some in _ends(selection, sources(ever, None, scope), scope, subject).items()
    }
    finer = {source for ends in rough.values() for one in ends for source in _shorter(one)}
    if not finer:
        return rough
    found = _ends(selection, finer, scope, subject, "day")
    return {
        key: Sightings(_refined(first, found[key], min), _refined(last, found[key], max))
        for key, (first, last) in rough.items()
    }


def _ends(
    selection: Selection, inside: Iterable[Source], scope: Scope, subject: str, *by: str
) -> dict[int | None, list[Sighting]]:
    """The first and the last cell of each step there, or of each step and day."""
    found: dict[int | None, list[Sighting]] = defaultdict(list)
    parts = list(inside)
    # Days by themselves, since they have an index of their own, which does not hold the step.
    days, others = [one for one in parts if one.step == Step.DAY], [one for one in parts if one.step != Step.DAY]
    for some, step in ((days, Value(int(Step.DAY))), (others, F("step"))):
        if not some:
            continue
        cells = rollups(selection, some, scope).annotate(
            whose=F("service_id") if subject else NOBODY, length=step, day=F("start_s") / Step.DAY
        )
        ends = cells.values_list("whose", "length", *by).annotate(Min("start_s"), Max("start_s")).order_by()
        # Constants alone are one group even of nothing.
        for whose, length, *_, first_s, last_s in ends.filter(start_s__min__isnull=False):
            found[whose] += Sighting(first_s, length), Sighting(last_s, length)
    return found


def _shorter(one: Sighting) -> list[Source]:
    return [Source(step, one.start_s, one.start_s + one.within_s) for step in Step if step < one.within_s]


def _refined(one: Sighting, finer: Iterable[Sighting], end: Callable[..., Sighting]) -> Sighting:
    """Step by step down, as far as there are cells of the very stretch."""
    for step in sorted(Step, reverse=True):
        one = end((other for other in finer if other.within_s == step < one.within_s and one.holds(other)), default=one)
    return one
