"""Every question that pages and API ask about stored outcomes.

Counts come from the outcomes themselves where that is cheap and from rollups where it is not; both give the same
answer, since both keep the exact code or failure and the same histogram.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet, Sum, Value

from apiclient.catalogue import Category, CodeClass, Failure, Verdict, category_of, class_of, lookup
from apiclient.histogram import Histogram, bucket, decode, merge, quantile
from apiclient.models import Call, Outcome, Rollup, Service, Step
from apiclient.models.block import newest_first
from apiclient.rollup import closed_until_s
from apiclient.selection import Selection
from apiclient.slot import EPOCH, first_slot

STEPS = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "6h": 21_600, "1d": 86_400}
MOST_BARS = 2_000
AUTO_BARS = 170
RAW_SECONDS = 6 * 3600
"""A few calls over a shorter span are read from their outcomes: at most one range of an index each."""
RAW_CALLS = 20


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


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of equal answers in one step. ``subject`` is the id of the call or service that they are counted for."""

    step: int
    subject: int | None
    status_code: int | None
    failure: int | None
    verdict: int
    count: int
    histogram: Histogram | None = None


class Source(NamedTuple):
    """Where one stretch of a span is read: ``step`` None means the outcomes themselves."""

    step: int | None
    since_s: int
    until_s: int


def auto_step(selection: Selection) -> int:
    """The shortest step, in seconds, that keeps the number of bars readable."""
    span_s = selection.until_s - selection.since_s
    return next((step for step in STEPS.values() if span_s / step <= AUTO_BARS), 86_400)


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


def series(selection: Selection, group_by: str = "code_class", step_s: int | None = None) -> Series:
    """Counts per step and group, groups in their natural order. The span is widened to whole steps."""
    step_s = step_s or auto_step(selection)
    selection = selection.whole(step_s)
    first, length = selection.since_s // step_s, (selection.until_s - selection.since_s) // step_s
    counts: dict[Any, list[int]] = defaultdict(lambda: [0] * length)
    for cell in cells(selection, step_s, subject=group_by):
        key = KEYS[group_by](cell)
        if key is not None:
            counts[key][cell.step - first] += cell.count
    labels = _labels(group_by, counts)
    groups = [Group(_word(key), labels[key], counts[key], sum(counts[key])) for key in sorted(counts, key=_order)]
    return _series(selection, step_s, groups, sum(group.total for group in groups))


def latency(selection: Selection, quantiles: Iterable[float], step_s: int | None = None) -> Series:
    """Milliseconds per step and quantile, of the outcomes that came back whole unless failures are asked for."""
    step_s = step_s or auto_step(selection)
    selection = selection.whole(step_s)
    first, length = selection.since_s // step_s, (selection.until_s - selection.since_s) // step_s
    parts: list[list[Histogram]] = [[] for _ in range(length)]
    for cell in cells(selection, step_s, histograms=True):
        if cell.histogram and (cell.status_code is not None or selection.asks_for_failures):
            parts[cell.step - first].append(cell.histogram)
    steps = [merge(*histograms) for histograms in parts]
    whole = merge(*steps)
    groups = [
        Group(f"{q:g}", f"p{q * 100:g}", [_ms(quantile(step, q)) for step in steps], _ms(quantile(whole, q)))
        for q in quantiles
    ]
    return _series(selection, step_s, groups, sum(whole.values()))


def answers(selection: Selection) -> dict[tuple[int | None, int | None], int]:
    """How often each (status_code, failure) came; the span is widened to whole minutes."""
    selection = selection.whole(60)
    counts: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for cell in cells(selection, None):
        counts[cell.status_code, cell.failure] += cell.count
    return dict(counts)


def outcomes(selection: Selection) -> QuerySet[Outcome]:
    """The outcomes themselves, newest first."""
    order = newest_first(of_one_call=len(selection.calls) == 1)
    return Outcome.objects.filter(selection.outcomes()).select_related("call__service").order_by(*order)


def cells(selection: Selection, step_s: int | None, *, subject: str = "", histograms: bool = False) -> Iterator[Cell]:
    """Counts of equal answers per step (its number since 2020) and per subject, ``call`` or else ``service``.

    ``step_s`` None takes the whole span as one step, numbered 0.
    """
    services = dict(Call.objects.values_list("pk", "service_id")) if subject == "service" else {}
    for source in sources(selection, step_s, by_call=subject == "call"):
        if source.step:
            yield from _from_rollups(selection, source, step_s, subject, histograms)
            continue
        for cell in _from_outcomes(selection, source, step_s, histograms):
            yield replace(cell, subject=services.get(cell.subject or 0)) if services else cell


def sources(selection: Selection, step_s: int | None, *, by_call: bool) -> list[Source]:
    """What a span is read from, in order, without a gap or an overlap; hours only where no step is shorter."""
    since_s, until_s = selection.since_s, selection.until_s
    if selection.q:
        return [Source(None, since_s, until_s)]
    fine = None if by_call or selection.calls else Step.MINUTE
    cheap = fine is Step.MINUTE or 0 < len(selection.calls) <= RAW_CALLS
    if (until_s - since_s <= RAW_SECONDS and cheap) or (step_s or 0) % Step.HOUR:
        return [Source(fine, since_s, until_s)]
    hours_from = -(-since_s // Step.HOUR) * Step.HOUR
    hours_until = min(until_s // Step.HOUR * Step.HOUR, closed_until_s())
    if hours_from >= hours_until:
        return [Source(fine, since_s, until_s)]
    stretches = [
        Source(fine, since_s, hours_from),
        Source(Step.HOUR, hours_from, hours_until),
        Source(fine, hours_until, until_s),
    ]
    return [source for source in stretches if source.since_s < source.until_s]


def _from_outcomes(selection: Selection, source: Source, step_s: int | None, histograms: bool) -> Iterator[Cell]:
    rows = Outcome.objects.filter(
        selection.outcomes(), id__gte=first_slot(source.since_s * 1000), id__lt=first_slot(source.until_s * 1000)
    )
    rows = rows.annotate(bar=F("id") / first_slot(step_s * 1000) if step_s else Value(0))
    names = ("bar", "call_id", "status_code", "failure", "verdict")
    if histograms:
        for *key, total_us in rows.values_list(*names, "total_us").iterator():
            yield _cell(key, 1, {bucket(total_us): 1})
    else:
        for *key, count in rows.values_list(*names).annotate(outcomes=Count("id")).order_by():
            yield _cell(key, count)


def _from_rollups(
    selection: Selection, source: Source, step_s: int | None, subject: str, histograms: bool
) -> Iterator[Cell]:
    per_call = subject == "call" or bool(selection.calls)
    rows = Rollup.objects.filter(
        selection.answers(),
        step=source.step or Step.MINUTE,
        start_s__gte=source.since_s,
        start_s__lt=source.until_s,
        call__isnull=not per_call,
    )
    if selection.calls:
        rows = rows.filter(call__in=selection.calls)
    if selection.services:
        rows = rows.filter(service__in=selection.services)
    bar = F("start_s") / step_s if step_s else Value(0)
    rows = rows.annotate(bar=bar, subject=F("call_id" if subject == "call" else "service_id"))
    names = ("bar", "subject", "status_code", "failure", "verdict")
    if histograms:
        for *key, count, histogram in rows.values_list(*names, "count", "histogram").iterator():
            yield _cell(key, count, decode(bytes(histogram)))
    else:
        for *key, count in rows.values_list(*names).annotate(outcomes=Sum("count")).order_by():
            yield _cell(key, count)


def _cell(key: Sequence[Any], count: int, histogram: Histogram | None = None) -> Cell:
    bar, subject, status_code, failure, verdict = key
    return Cell(bar, subject, status_code, failure, verdict, count, histogram)


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
