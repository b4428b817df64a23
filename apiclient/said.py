"""What servers said in a span: messages counted by group, from the index of kept texts alone.

Texts are kept of failures and of the first of each new answer, so it is those outcomes that are counted here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from apiclient.models import Message, Outcome, OutcomeDetail
from apiclient.report import Cell
from apiclient.selection import Selection
from apiclient.slot import CALL_MASK, due_ms_of, first_slot, from_ms, to_ms

MOST_MESSAGES = 5_000
"""Messages of which outcomes are counted at most: those seen last."""
SEEN_LATE = timedelta(hours=1)
"""``Message.last_seen`` is a minute behind, or more where workers met."""
ORDERS = {"count": attrgetter("count"), "last": attrgetter("newest"), "first": attrgetter("first_seen")}
"""What groups can be sorted by, the greatest first."""


Row = tuple[int, int, int, datetime, datetime, int, int]


@dataclass(slots=True)
class Group:
    """Messages of one fingerprint, of one service each: ``messages`` and ``services`` are their ids.

    ``count`` outcomes of the span said so, the last of them ``newest``. First and last seen are those of all time.
    """

    messages: list[int]
    services: list[int]
    count: int
    newest: int
    first_seen: datetime
    last_seen: datetime


def groups(selection: Selection, order: str = "count") -> tuple[list[Group], bool]:
    """Every group that was said in the selection, in one of ORDERS, and whether none was left out for being too many.

    A code, class, category or verdict chooses messages by the newest outcome that said them.
    """
    found: dict[int, Group] = {}
    rows, complete = _messages(selection)
    for pk, service, fingerprint, first_seen, last_seen, count, newest in rows:
        last_seen = max(last_seen, from_ms(due_ms_of(newest)))
        one = found.setdefault(fingerprint, Group([], [], 0, newest, first_seen, last_seen))
        one.messages.append(pk)
        one.services.append(service)
        one.count += count
        one.newest = max(one.newest, newest)
        one.first_seen, one.last_seen = min(one.first_seen, first_seen), max(one.last_seen, last_seen)
    return sorted(found.values(), key=ORDERS[order], reverse=True), complete


def by_message(messages: Iterable[int], selection: Selection, step_s: int) -> Iterator[Cell]:
    """Counts per step; the subjects are these messages."""
    return _cells(messages, selection, step_s, "message_id")


def by_call(messages: Iterable[int], selection: Selection, step_s: int) -> Iterator[Cell]:
    """Counts per step; the subjects are the calls that were answered so."""
    return _cells(messages, selection, step_s, "of_call")


def newest(messages: Iterable[int], selection: Selection, counted: Iterable[Cell], step_s: int, most: int) -> list[int]:
    """The ids of the last outcomes that said so; ``counted`` are their cells in these steps.

    Only as many steps are looked into as hold enough of them: one message alone may have been said a million times.
    """
    steps: Counter[int] = Counter()
    for cell in counted:
        steps[cell.step] += cell.number
    found, first = 0, 0
    for first in sorted(steps, reverse=True):
        found += steps[first]
        if found >= most:
            break
    rows = _details(selection).filter(message__in=set(messages), outcome__gte=first * first_slot(step_s * 1000))
    return list(rows.order_by("-outcome_id").values_list("outcome_id", flat=True)[:most])


def _messages(selection: Selection) -> tuple[list[Row], bool]:
    """Each message with how often it was said, and the newest outcome that said it; whether these are all."""
    details = _details(selection).filter(message=OuterRef("pk"))
    found = Message.objects.filter(last_seen__gte=selection.since - SEEN_LATE)
    if selection.services:
        found = found.filter(service__in=selection.services)
    if selection.q:
        found = found.filter(text__icontains=selection.q)
    names = ("pk", "service_id", "fingerprint", "first_seen", "last_seen", "count", "newest")
    rows = found.order_by("-last_seen")[:MOST_MESSAGES].annotate(
        count=Subquery(details.order_by().values("message").annotate(count=Count("outcome")).values("count")),
        newest=Subquery(details.order_by("-outcome_id").values("outcome_id")[:1]),
    )
    looked_at = list(rows.values_list(*names))
    said_now = [row for row in looked_at if row[-1] is not None]
    return _answered(selection, said_now), len(looked_at) < MOST_MESSAGES


def _answered(selection: Selection, rows: list[Row]) -> list[Row]:
    if (where := selection.answers()) == Q():
        return rows
    outcomes = Outcome.objects.filter(where, pk__any_of=[row[-1] for row in rows], **_span(selection, "id"))
    asked_for = set(outcomes.order_by().values_list("pk", flat=True))
    return [row for row in rows if row[-1] in asked_for]


def _details(selection: Selection) -> QuerySet[OutcomeDetail]:
    found = OutcomeDetail.objects.filter(**_span(selection, "outcome"))
    found = found.annotate(of_call=F("outcome_id").bitand(CALL_MASK))
    return found.filter(of_call__in=selection.calls) if selection.calls else found


def _cells(messages: Iterable[int], selection: Selection, step_s: int, subject: str) -> Iterator[Cell]:
    found = _details(selection).filter(message__in=set(messages))
    found = found.annotate(step=F("outcome_id") / first_slot(step_s * 1000))
    for step, key, number in found.values_list("step", subject).annotate(number=Count("outcome")).order_by():
        yield Cell(step, key, None, None, 0, number)


def _span(selection: Selection, name: str) -> dict[str, int]:
    since, until = to_ms(selection.since), to_ms(selection.until)
    return {f"{name}__gte": first_slot(since), f"{name}__lt": first_slot(until)}
