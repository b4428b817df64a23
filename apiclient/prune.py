"""What is deleted by age, day by day (UTC): successes first, failures later, rollups last.

A failure is what did not pass: failed or degraded. PostgreSQL rewrites a day's partition without its successes and
later drops it whole; SQLite deletes in transactions so small that recording goes on between them. Nothing goes of an
hour that is not closed, so that the hour's cells can speak for it ever after.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from apiclient import idempotency, partition, rollup, webhook
from apiclient.catalogue import Verdict
from apiclient.models import Message, Outcome, OutcomeDetail, Pruned, Rollup, Step
from apiclient.slot import EPOCH, due_ms_of, first_slot

DAY_S = 86_400
KINDS = ("failures", "successes", "details", "rollups", "messages", "idempotency", "deliveries")
BATCH = 2_000
"""Rows of one transaction where rows are deleted one by one."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What went, or would go: ``kind`` is one of KINDS, ``size`` in bytes where the database tells."""

    kind: str
    rows: int
    day: date | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Days since 2020: what is older goes."""

    successes: int
    failures: int
    rollups: int


def limits(now_ms: int) -> Limits:
    """By the settings, but no day that is not wholly closed."""
    today, closed = now_ms // (DAY_S * 1000), rollup.closed_until_s() // DAY_S
    keep = (settings.ANSWERBACK_KEEP_SUCCESSES, settings.ANSWERBACK_KEEP_FAILURES, settings.ANSWERBACK_KEEP_ROLLUPS)
    return Limits(*(min(today - days, closed) for days in keep))


def prune(now_ms: int, *, dry_run: bool = False, say: Callable[[str], None] = lambda text: None) -> Iterator[Portion]:
    """Delete what is past its age, telling each portion once it is gone; ``dry_run`` only tells.

    BusyError when the outcomes stay locked, or somebody else is pruning. What is done is not done again.
    """
    with partition.alone() as alone:
        if not alone:
            raise partition.BusyError("Somebody else is pruning at the moment. Nothing to do here.")
        until = limits(now_ms)
        partition.make(now_ms)  # old rows leave the DEFAULT partition, which is neither thinned nor dropped
        if not dry_run:
            rollup.give_up(until.successes * DAY_S)
        for step in (_failures, _successes, _rollups, _messages, _idempotency):
            yield from step(until, dry_run, say)
        say("deliveries")
        yield from _rest("deliveries", [webhook.old_deliveries(now_ms)], dry_run)
        if not dry_run:
            webhook.forget(now_ms)


def _failures(until: Limits, dry_run: bool, say: Callable[[str], None]) -> Iterator[Portion]:
    """Days of which nothing is kept."""
    for day in _days(0, until.failures):
        say(f"{_date(day)}: all outcomes")
        details, outcomes = _details(day), _outcomes(day)
        gone = [Portion("failures", outcomes.count(), _date(day), _size(day)), *_old_details(details, day)]
        if not dry_run:
            _delete(details)
            if connection.vendor == "postgresql":
                partition.drop(day)
            _delete(outcomes)
        yield from gone


def _successes(until: Limits, dry_run: bool, say: Callable[[str], None]) -> Iterator[Portion]:
    """Days of which only failures are kept."""
    thinned = Pruned.objects.values_list("thinned_s", flat=True).first() or 0
    for day in _days(max(thinned // DAY_S, until.failures), until.successes):
        say(f"{_date(day)}: successes")
        details = _details(day).filter(outcome__verdict=Verdict.PASSED)
        outcomes = _outcomes(day).filter(verdict=Verdict.PASSED)
        rows = outcomes.count()
        gone = [Portion("successes", rows, _date(day), _size(day, rows)), *_old_details(details, day)]
        if not dry_run:
            _delete(details)
            if rows and connection.vendor == "postgresql":
                partition.thin(day)
            _delete(outcomes)
            Pruned.objects.update(thinned_s=(day + 1) * DAY_S)
        yield from (portion for portion in gone if portion.rows)


def _rollups(until: Limits, dry_run: bool, say: Callable[[str], None]) -> Iterator[Portion]:
    say("rollups")
    # Each step by itself, since the index begins with it.
    gone = [Rollup.objects.filter(step=step, start_s__lt=until.rollups * DAY_S) for step in Step]
    for portion in _rest("rollups", gone, dry_run):
        rollup.change()
        yield portion


def _messages(until: Limits, dry_run: bool, say: Callable[[str], None]) -> Iterator[Portion]:
    """Texts that no kept outcome refers to and that were last seen before the oldest rollup."""
    say("messages")
    kept = OutcomeDetail.objects.filter(message=OuterRef("pk"), outcome__gte=_first(until.failures))
    old = Message.objects.filter(~Exists(kept), last_seen__lt=EPOCH + timedelta(until.rollups))
    yield from _rest("messages", [old], dry_run)


def _idempotency(until: Limits, dry_run: bool, say: Callable[[str], None]) -> Iterator[Portion]:
    say("idempotency")
    yield from _rest("idempotency", [idempotency.old(timezone.now())], dry_run)


def _rest(kind: str, gone: list[QuerySet], dry_run: bool) -> Iterator[Portion]:  # type: ignore[type-arg]
    if rows := sum(each.count() for each in gone):
        for each in gone if not dry_run else ():
            _delete(each)
        yield Portion(kind, rows)


def _days(first: int, end: int) -> Iterator[int]:
    """The days from one (in) to another (out) that have outcomes or a partition, oldest first."""
    if connection.vendor == "postgresql":
        yield from (day for day in partition.partitions() if first <= day < end)
        return
    while first < end:
        oldest = Outcome.objects.filter(id__gte=_first(first), id__lt=_first(end)).aggregate(id=Min("id"))["id"]
        if oldest is None:
            return
        yield (day := due_ms_of(oldest) // (DAY_S * 1000))
        first = day + 1


def _outcomes(day: int) -> QuerySet[Outcome]:
    return Outcome.objects.filter(id__gte=_first(day), id__lt=_first(day + 1))


def _details(day: int) -> QuerySet[OutcomeDetail]:
    return OutcomeDetail.objects.filter(outcome__gte=_first(day), outcome__lt=_first(day + 1))


def _old_details(details: QuerySet[OutcomeDetail], day: int) -> list[Portion]:
    rows = details.count()
    return [Portion("details", rows, _date(day))] if rows else []


def _size(day: int, rows: int | None = None) -> int | None:
    """Bytes of a day, or of so many rows of it; None where the database does not tell."""
    if connection.vendor != "postgresql":
        return None
    whole = partition.size(day)
    return whole if rows is None else round(whole * rows / max(1, _outcomes(day).count()))


def _delete(rows: QuerySet) -> None:  # type: ignore[type-arg]
    """Row by row, in the order of the key and in small transactions."""
    last = None
    while keys := list(_after(rows, last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows.filter(pk__in=keys)._raw_delete(rows.db)
        last = keys[-1]


def _after(rows: QuerySet, key: int | None) -> QuerySet:  # type: ignore[type-arg]
    return rows if key is None else rows.filter(pk__gt=key)


def _first(day: int) -> int:
    return first_slot(day * DAY_S * 1000)


def _date(day: int) -> date:
    return (EPOCH + timedelta(day)).date()
