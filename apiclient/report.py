"""Every question that pages and API ask about stored outcomes.

Counts come from the outcomes themselves where that is cheap and from rollups where it is not; both give the same
answer, since both keep the exact code or failure and the same histogram.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value

from apiclient.catalogue import Category, CodeClass, Failure, Verdict, category_of, class_of, lookup
from apiclient.histogram import add_up, bucket, encode_one, quantiles, quantiles_of
from apiclient.models import Call, Outcome, Rollup, Service, Step
from apiclient.models.block import between, newest_first
from apiclient.recall import recall
from apiclient.selection import Selection, any_of
from apiclient.slot import EPOCH, first_slot
from apiclient.source import FOREVER_S, Scope, Source, has_minutes, known, parted, scope_of, sources

STEPS = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "6h": 21_600, "1d": 86_400}
ANSWER = ("status_code", "failure", "verdict")
SUBJECTS = ("service", "call")
NOBODY = Value(None, output_field=IntegerField())
"""Stands for the subject where none is asked for: an hour by the minute is then sixty rows, not sixty per service."""
MOST_BARS = 2_000
AUTO_BARS = 170


@dataclass(frozen=True, slots=True)
class Group:
    """One line of an answer; ``counts`` (or milliseconds, None where nothing was measured) stand beside ``times``."""

    key: str
    label: str
    counts: list[Any]
    total: Any


@dataclass(frozen=True, slots=True)
class Series:
    """Answers over time: ``times`` are the beginnings of steps, from ``since`` (in) to ``until`` (out)."""

    since: datetime
    until: datetime
    step_seconds: int
    times: list[datetime]
    groups: list[Group]
    total: Any


class Cell(NamedTuple):
    """A count of equal answers in one step, and their histogram as it is stored.

    ``subject`` is the id of the call or service that they are counted for, where that was asked.
    """

    step: int
    subject: int | None
    status_code: int | None
    failure: int | None
    verdict: int
    number: int
    histogram: bytes = b""


def auto_step(selection: Selection) -> int:
    """The shortest step, in seconds, that keeps the number of bars readable and that is still kept."""
    span_s = selection.until_s - selection.since_s
    step_s = next((step for step in STEPS.values() if span_s / step <= AUTO_BARS), 86_400)
    return step_s if step_s >= Step.QUARTER or has_minutes(selection) else Step.QUARTER


KEYS: dict[str, Callable[[Cell], Any]] = {
    "code_class": lambda cell: class_of(cell.status_code),
    "category": lambda cell: category_of(cell.status_code),
    "status_code": lambda cell: cell.status_code,
    "failure": lambda cell: cell.failure and Failure(cell.failure),
    "verdict": lambda cell: Verdict(cell.verdict),
    "service": lambda cell: cell.subject,
    "call": lambda cell: cell.subject,
}
"""What each ``group_by`` groups by; None leaves the outcome out (a code is no failure, a failure no code)."""


def series(
    selection: Selection,
    group_by: str = "code_class",
    step_s: int | None = None,
    counted: Iterable[Cell] | None = None,
) -> Series:
    """Counts per step and group, groups in their natural order. The span is widened to whole steps.

    ``counted`` are the ``cells`` of this span and step where the caller has them already, here and below.
    """
    step_s = step_s or auto_step(selection)
    selection = selection.whole(step_s)
    first, length = selection.since_s // step_s, (selection.until_s - selection.since_s) // step_s
    counts: dict[Any, list[int]] = defaultdict(lambda: [0] * length)
    for cell in cells(selection, step_s, subject=group_by) if counted is None else counted:
        key = KEYS[group_by](cell)
        if key is not None:
            counts[key][cell.step - first] += cell.number
    labels = _labels(group_by, counts)
    groups = [Group(_word(key), labels[key], counts[key], sum(counts[key])) for key in sorted(counts, key=_order)]
    return _series(selection, step_s, groups, sum(group.total for group in groups))


def leading(series: Series, most: int) -> Series:
    """The groups that counted most, in the order they had, and under the key '' what all others counted together."""
    kept = {group.key for group in sorted(series.groups, key=lambda group: -group.total)[:most]}
    others = [group for group in series.groups if group.key not in kept]
    groups = [group for group in series.groups if group.key in kept]
    if others:
        counts = [sum(column) for column in zip(*(group.counts for group in others), strict=True)]
        groups.append(Group("", f"{len(others)} more", counts, sum(counts)))
    return replace(series, groups=groups)


def latency(
    selection: Selection, asked: Iterable[float], step_s: int | None = None, counted: Iterable[Cell] | None = None
) -> Series:
    """Milliseconds per step and quantile, of the outcomes that came back whole unless failures are asked for."""
    step_s = step_s or auto_step(selection)
    selection = selection.whole(step_s)
    first, length = selection.since_s // step_s, (selection.until_s - selection.since_s) // step_s
    parts: list[list[bytes]] = [[] for _ in range(length)]
    stored: list[bytes] = []
    for cell in cells(selection, step_s, histograms=True) if counted is None else counted:
        if cell.status_code is not None or selection.asks_for_failures:
            parts[cell.step - first].append(cell.histogram)
            stored.append(cell.histogram)
    whole, asked = add_up(stored), tuple(asked)
    times = zip(*(quantiles_of(tuple(part), asked) for part in parts), strict=True)
    groups = [
        Group(f"{q:g}", f"p{q * 100:g}", [_ms(us) for us in column], _ms(total))
        for q, column, total in zip(asked, times, quantiles(whole, asked), strict=True)
    ]
    return _series(selection, step_s, groups, sum(whole.values()))


def answers(selection: Selection, counted: Iterable[Cell] | None = None) -> dict[tuple[int | None, int | None], int]:
    """How often each (status_code, failure) came; the span is widened to whole minutes."""
    counts: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for cell in cells(selection.whole(60), None) if counted is None else counted:
        counts[cell.status_code, cell.failure] += cell.number
    return dict(counts)


def outcomes(selection: Selection) -> QuerySet[Outcome]:
    """The outcomes themselves, newest first."""
    order = newest_first(of_one_call=len(selection.calls) == 1)
    return Outcome.objects.filter(selection.outcomes()).select_related("call__service").order_by(*order)


def cells(selection: Selection, step_s: int | None, *, subject: str = "", histograms: bool = False) -> Iterator[Cell]:
    """Counts of equal answers per step (its number since 2020) and per subject, ``call`` or else ``service``.

    ``step_s`` None takes the whole span as one step, numbered 0. Several cells may count the same answer.
    """
    return starmap(Cell, rows(selection, step_s, subject=subject, histograms=histograms))


def rows(
    selection: Selection, step_s: int | None, *, subject: str = "", histograms: bool = False
) -> Iterator[tuple[Any, ...]]:
    """``cells`` as plain tuples: for who reads thousands at once, naming them costs as much as reading them."""
    scope = scope_of(selection, subject)
    closed = known()
    found = sources(selection, step_s, scope, closed)
    over, lasting = parted([source for source in found if source.step], closed.until_s)
    if over:
        timeless = replace(selection, since=EPOCH, until=EPOCH)
        question = (timeless, tuple(over), scope, step_s, subject, histograms)
        yield from recall.ask(
            closed.version,
            question,
            lambda: _from_rollups(rollups(selection, over, scope), step_s, subject, histograms),
        )
    if lasting:
        yield from _from_rollups(rollups(selection, lasting, scope), step_s, subject, histograms)
    if raw := [source for source in found if not source.step]:
        services = dict(Call.objects.order_by().values_list("pk", "service_id")) if subject == "service" else None
        for bar, call_id, *row in _from_outcomes(selection, raw, step_s, histograms):
            yield bar, call_id if services is None else services.get(call_id), *row


def _from_outcomes(
    selection: Selection, raw: list[Source], step_s: int | None, histograms: bool
) -> Iterator[tuple[Any, ...]]:
    ends = [(first_slot(one.since_s * 1000), first_slot(one.until_s * 1000)) for one in raw]
    spans = [between(*end) if selection.calls else Q(id__gte=end[0], id__lt=end[1]) for end in ends]
    found = Outcome.objects.filter(selection.outcomes(), any_of(spans))
    found = found.annotate(bar=F("id") / first_slot(step_s * 1000) if step_s else Value(0))
    names = ("bar", "call_id", *ANSWER)
    if histograms:
        for *row, total_us in found.values_list(*names, "total_us").iterator():
            yield *row, 1, encode_one(bucket(total_us))
    else:
        yield from found.values_list(*names).annotate(outcomes=Count("id")).order_by()


def rollups(selection: Selection, rolled: list[Source], scope: Scope) -> QuerySet[Rollup]:
    """The rollups of these stretches that count for the selection, each outcome in one of them."""
    spans = [Q(step=one.step, start_s__range=(one.since_s, one.until_s - 1)) for one in rolled]
    if scope == "everything":  # of which there are no minutes
        of_all = Q(service__isnull=True)
        spans = [span if one.step == Step.MINUTE else span & of_all for span, one in zip(spans, rolled, strict=True)]
    found = Rollup.objects.filter(selection.answers(), any_of(spans), call__isnull=scope != "call")
    if scope == "service":
        services = selection.services or Service.objects.values_list("pk", flat=True)
        return found.filter(service__pk__any_of=set(services))
    if scope == "call" and selection.services:
        own = set(Call.objects.filter(service__in=selection.services).order_by().values_list("pk", flat=True))
        return found.filter(call__pk__any_of=own & selection.calls if selection.calls else own)
    return found.filter(call__pk__any_of=selection.calls) if selection.calls else found


def _from_rollups(
    found: QuerySet[Rollup], step_s: int | None, subject: str, histograms: bool
) -> Iterator[tuple[Any, ...]]:
    names = ("call_id" if subject == "call" else "service_id", *ANSWER)
    if histograms:  # thousands of rows, each as it is: Django converts what the database has computed one by one
        length_s = step_s or FOREVER_S
        for start_s, *row in found.values_list("start_s", *names, "count", "histogram"):
            yield start_s // length_s, *row
    else:
        whose = F(names[0]) if subject in SUBJECTS else NOBODY
        found = found.annotate(bar=F("start_s") / step_s if step_s else Value(0), whose=whose)
        yield from found.values_list("bar", "whose", *ANSWER).annotate(outcomes=Sum("count")).order_by()


def _series(selection: Selection, step_s: int, groups: list[Group], total: Any) -> Series:
    times = [EPOCH + timedelta(seconds=second) for second in range(selection.since_s, selection.until_s, step_s)]
    return Series(selection.since, selection.until, step_s, times, groups, total)


def _labels(group_by: str, keys: Iterable[Any]) -> dict[Any, str]:
    match group_by:
        case "service":
            names = dict(Service.objects.filter(pk__in=list(keys)).values_list("pk", "name"))
        case "call":
            calls = Call.objects.filter(pk__in=list(keys)).select_related("service")
            names = {call.pk: str(call) for call in calls}
        case "status_code":
            return {key: f"{key} {lookup(key).message}" for key in keys}
        case _:
            return {key: key.label for key in keys}
    return {key: names.get(key, f"deleted ({key})") for key in keys}


def _word(key: Any) -> str:
    """The contract's word for a key: a failure or verdict by its slug, else as it is written."""
    return getattr(key, "slug", None) or str(key)


def _order(key: Any) -> Any:
    """Classes and categories in the order of the code table, the rest by number."""
    return list(type(key)).index(key) if isinstance(key, (CodeClass, Category)) else key


def _ms(us: float | None) -> float | None:
    return None if us is None else round(us / 1000, 3)
