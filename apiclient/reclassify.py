"""History judged again, after a reference or what a call expects has been changed.

Judged again is what stored rows tell: the code, what is documented of it, and the time that the answer took. What a
check said stays said, since what it looked at is not kept: an outcome that a check failed or degraded is never better
than that. Slots of several requests keep their verdict, and so do outcomes without an answer. What pruning has begun to
take away is left alone, since it can be counted no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from apiclient import first_seen
from apiclient.catalogue import Verdict
from apiclient.classify import IN_TIME, code_result, time_results, verdict_of
from apiclient.clock import now_ms
from apiclient.expectation import Expectation
from apiclient.models import Call, Outcome, OutcomeDetail, Service
from apiclient.models.answer import references_of
from apiclient.models.block import between
from apiclient.models.pruned import complete_from_s
from apiclient.reason import expectation_of
from apiclient.rollup.closed import lock
from apiclient.rollup.moving import Moved, move
from apiclient.slot import first_slot

HOUR_MS = 3_600_000
AT_ONCE = 2_000
"""Outcomes that one transaction judges again: recorders wait for it."""
AHEAD_MS = 86_400_000
Turn = tuple[int, int, int]
"""A code, the verdict before, the verdict after."""


@dataclass(slots=True)
class Report:
    """How many outcomes were (or would be) judged otherwise, by ``Turn``; ``kept`` are those a check has spoken for.

    ``unreadable`` calls were left out, since what they expect cannot be read; ``complete`` is False where it stopped.
    """

    turns: Counter[Turn] = field(default_factory=Counter)
    kept: int = 0
    unreadable: list[str] = field(default_factory=list)
    complete: bool = True

    @property
    def changed(self) -> int:
        return self.turns.total()


class _Row(NamedTuple):
    """What is stored of an outcome that its code and time alone would judge otherwise."""

    slot: int
    code: int
    total_us: int
    verdict: int
    checks: list[dict[str, Any]] | None
    steps: list[Any] | None


@dataclass(frozen=True, slots=True)
class _Group:
    """Calls of one service of which the same is expected."""

    calls: list[int]
    expectation: Expectation
    confirms: bool

    @property
    def wrong(self) -> Q:
        """Outcomes that have another verdict than their code and their time give them."""
        limits = self.expectation
        answered = Q(status_code__isnull=False)
        fine = Q(status_code__in=sorted(limits.codes))
        if limits.fail_after_ms is not None:
            fine &= Q(total_us__lte=limits.fail_after_ms * 1000)
        late = Q(total_us__gt=limits.slow_after_ms * 1000) if limits.slow_after_ms is not None else Q(pk__in=[])
        passed, degraded = ~Q(verdict=Verdict.PASSED), ~Q(verdict=Verdict.DEGRADED)
        return answered & ((fine & ~late & passed) | (fine & late & degraded) | (~fine & ~Q(verdict=Verdict.FAILED)))


def reclassify(
    service: Service, call: Call | None = None, since_ms: int = 0, *, dry_run: bool = False, most: int | None = None
) -> Report:
    """Judge the outcomes of a service, or of one call, again from a moment on (milliseconds since 2020).

    In steps of an hour and AT_ONCE outcomes, each with its rollups in one transaction, so that it may end anywhere and
    be done again. ``most`` ends it after about so many outcomes that differ.
    """
    report = Report()
    calls = list(Call.objects.filter(service=service).select_related("service").order_by("pk"))
    groups = list(_groups([one for one in calls if call is None or one.pk == call.pk], report))
    if not dry_run:
        first_seen.review_all(pk for group in groups for pk in group.calls)
    begin_ms = max(since_ms, complete_from_s() * 1000)
    hours: dict[int, list[_Group]] = defaultdict(list)
    for group in groups:
        for hour in _hours(group, begin_ms):
            hours[hour].append(group)
    for hour in sorted(hours):
        for group in hours[hour]:
            _judge_hour(service, group, hour, begin_ms, report, dry_run)
            if most is not None and report.changed + report.kept >= most:
                report.complete = False
                return report
    return report


def _groups(calls: Sequence[Call], report: Report) -> Iterator[_Group]:
    references = references_of((call.pk, call.service_id) for call in calls)
    found: dict[tuple[Any, ...], _Group] = {}
    for call in calls:
        try:
            expectation = expectation_of(call, references[call.pk])
        except (ValueError, TypeError, AttributeError):
            report.unreadable.append(str(call))
            continue
        confirms = call.confirm_after_s is not None
        limits = (expectation.slow_after_ms, expectation.fail_after_ms, expectation.written, expectation.documented)
        key = (expectation.codes, *limits, confirms)
        found.setdefault(key, _Group([], expectation, confirms)).calls.append(call.pk)
    yield from found.values()


def _hours(group: _Group, begin_ms: int) -> list[int]:
    """The hours (their number since 2020) in which there is something to look at."""
    span = between(first_slot(begin_ms), first_slot(now_ms() + AHEAD_MS))
    rows = Outcome.objects.filter(span, group.wrong, call__pk__any_of=group.calls)
    return list(rows.annotate(hour=F("id") / first_slot(HOUR_MS)).order_by().values_list("hour", flat=True).distinct())


def _judge_hour(service: Service, group: _Group, hour: int, begin_ms: int, report: Report, dry_run: bool) -> None:
    first, end = first_slot(max(hour * HOUR_MS, begin_ms)), first_slot((hour + 1) * HOUR_MS)
    while rows := _look(group, first, end):
        if dry_run:
            _count(_judged(group, rows, report), report)
        else:
            with transaction.atomic():
                lock(shared=False)  # nobody writes or folds the cells meanwhile
                rows = _look(group, first, end)
                judged = _judged(group, rows, report)
                _write(service, group, judged)
            _count(judged, report)
        if len(rows) < AT_ONCE:
            return
        first = rows[-1].slot + 1


def _look(group: _Group, first: int, end: int) -> list[_Row]:
    rows = Outcome.objects.filter(between(first, end), group.wrong, call__pk__any_of=group.calls).order_by("id")
    names = ("id", "status_code", "total_us", "verdict", "detail__checks", "detail__steps")
    return [_Row(*row) for row in rows.values_list(*names)[:AT_ONCE]]


def _judged(group: _Group, rows: Iterable[_Row], report: Report) -> list[tuple[_Row, int]]:
    """Those whose verdict becomes another one."""
    found = []
    for row in rows:
        after = _verdict(group, row)
        if after == row.verdict:
            report.kept += 1
        else:
            found.append((row, after))
    return found


def _verdict(group: _Group, row: _Row) -> int:
    if row.steps:
        return row.verdict
    after = verdict_of(row.code, row.total_us, group.expectation)
    if group.confirms and row.verdict == Verdict.DEGRADED and after == Verdict.FAILED:
        return row.verdict  # it waited for a second call to confirm it
    if any(not one["holds"] for one in _of_checks(row.checks)):
        return max(after, row.verdict)
    return after


def _of_checks(results: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """What checks said: neither the first result, which is of the code, nor those of the time."""
    return [one for one in (results or [])[1:] if not one["sentence"].startswith(IN_TIME)]


def _count(judged: Iterable[tuple[_Row, int]], report: Report) -> None:
    report.turns.update((row.code, row.verdict, after) for row, after in judged)


def _write(service: Service, group: _Group, judged: Sequence[tuple[_Row, int]]) -> None:
    if not judged:
        return
    by_verdict: dict[int, list[int]] = defaultdict(list)
    for row, after in judged:
        by_verdict[after].append(row.slot)
    for after, slots in by_verdict.items():
        Outcome.objects.filter(between(slots[0], slots[-1] + 1), pk__any_of=slots).update(verdict=after)
    told = [row for row, _ in judged if row.checks]
    OutcomeDetail.objects.bulk_update(
        [OutcomeDetail(pk=row.slot, checks=_results(group.expectation, row)) for row in told],
        ["checks"],
        batch_size=200,
    )
    move(service.pk, [Moved(row.slot, row.code, row.total_us, row.verdict, after) for row, after in judged])


def _results(expectation: Expectation, row: _Row) -> list[dict[str, Any]]:
    """As they would be kept now: of the code and the times anew, of the checks as they were."""
    now = [code_result(row.code, expectation), *time_results(row.total_us, expectation)]
    return [{"sentence": one.sentence, "holds": one.holds} for one in now] + _of_checks(row.checks)
