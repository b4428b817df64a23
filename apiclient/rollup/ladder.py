"""Close what is over: quarter hours from the outcomes, every longer step from the one below it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from apiclient.models import Batch, Call, Due, Outcome, Rollup, Step
from apiclient.models.pruned import complete_from_s
from apiclient.models.rollup import Closed
from apiclient.rollup.cell import Cells, Key, insert, of_everything, of_services, stored
from apiclient.rollup.closed import CLOSE_AFTER_MS, closed_until_s, lock, quarter_of
from apiclient.rollup.count import count_calls, outcomes_of
from apiclient.slot import due_ms_of, first_slot

LADDER = (Step.QUARTER, Step.HOUR, Step.SIX_HOURS, Step.DAY)


def close(now_ms: int) -> int:
    """Make the cells of every quarter hour that is over and whose slots all have outcomes; how many were closed."""
    closed = 0
    while _close_next(now_ms):
        closed += 1
    return closed


def _close_next(now_ms: int) -> bool:
    open_s = _open_since_ms(now_ms) // 1000 // Step.QUARTER * Step.QUARTER
    start_s = closed_until_s() or _first_quarter(0)
    if start_s is None or start_s >= open_s:
        return False
    calls, counted = count_calls(Step.QUARTER, start_s)
    services = of_services(calls)
    end_s = start_s + Step.QUARTER if counted else min(_first_quarter(start_s) or open_s, open_s)
    with transaction.atomic():
        lock(shared=False)
        # Counting took a while without a lock. Outcomes are never changed, so the same number means the same ones.
        if closed_until_s() > start_s or outcomes_of(start_s, end_s).count() != counted:
            return False
        _replace(Q(step=Step.QUARTER, start_s=start_s), {**calls, **services, **of_everything(services)})
        climb(start_s, end_s)
        Closed.objects.update_or_create(pk=1, defaults={"until_s": end_s})
    return True


def climb(start_s: int, end_s: int) -> None:
    """Make the longer spans that ``start_s`` lies in and that end by ``end_s``."""
    for below, step, whole_s in _above(start_s, end_s):
        _replace(Q(step=step, start_s=whole_s), stored(_inside(below, step, whole_s), step=step, start_s=whole_s))


def recount(quarters: Mapping[int, set[int]]) -> None:
    """Count closed quarter hours again, and what is above, for the services of these calls.

    Inside the transaction that holds them.
    """
    if not quarters:
        return
    until_s, complete_s = closed_until_s(), complete_from_s()
    above: defaultdict[tuple[int, int, int], set[int]] = defaultdict(set)
    for start_s, call_ids in quarters.items():
        if start_s < complete_s:  # added to instead, see late_keys
            continue
        services = set(Call.objects.filter(pk__any_of=call_ids).values_list("service_id", flat=True))
        _set(Step.QUARTER, start_s, services, count_calls(Step.QUARTER, start_s, _calls_of(services))[0])
        for span in _above(start_s, until_s):
            above[span] |= services
    for (below, step, whole_s), services in sorted(above.items()):  # short ones first: the others add them up
        calls = _calls_of(services)
        if below == Step.QUARTER:  # of which calls have only the last days
            cells = count_calls(step, whole_s, calls)[0]
        else:
            cells = stored(_inside(below, step, whole_s).filter(call__pk__any_of=calls), step=step, start_s=whole_s)
        _set(step, whole_s, services, cells)


def _calls_of(services: set[int]) -> list[int]:
    return list(Call.objects.filter(service__in=services).values_list("pk", flat=True))


def late_keys(minute: Key, call_id: int, complete_s: int) -> list[Key]:
    """The longer cells that an outcome adds to, beside its minute's, since its spans can be counted no more."""
    if minute.start_s >= complete_s:
        return []
    longer = [minute._replace(step=step, start_s=minute.start_s // step * step) for step in LADDER]
    return [same for key in longer for same in (key, key._replace(call_id=call_id), key._replace(service_id=None))]


def _above(start_s: int, end_s: int) -> Iterator[tuple[int, int, int]]:
    """The longer spans that ``start_s`` lies in and that end by ``end_s``: step below, step, beginning."""
    for below, step in pairwise(LADDER):
        whole_s = start_s // step * step
        if whole_s + step <= end_s:
            yield below, step, whole_s


def _inside(below: int, step: int, start_s: int) -> QuerySet[Rollup]:
    return Rollup.objects.filter(step=below, start_s__gte=start_s, start_s__lt=start_s + step)


def _set(step: int, start_s: int, services: set[int], cells: Cells) -> None:
    """Put these cells of calls, and their sums, in the place of what the services have in a span."""
    span = Rollup.objects.filter(step=step, start_s=start_s)
    _replace(Q(step=step, start_s=start_s, service__in=services), {**cells, **of_services(cells)})
    everything = stored(span.filter(service__isnull=False, call__isnull=True), service_id=None)
    _replace(Q(step=step, start_s=start_s, service__isnull=True), everything)


def _replace(which: Q, cells: Cells) -> None:
    rows = Rollup.objects.filter(which)
    rows._raw_delete(rows.db)
    insert(cells)


def _first_quarter(since_s: int) -> int | None:
    first = Outcome.objects.filter(id__gte=first_slot(since_s * 1000)).aggregate(first=Min("id"))["first"]
    return None if first is None else quarter_of(first)


def _open_since_ms(now_ms: int) -> int:
    """No slot before this moment can still get its outcome from the timetable."""
    due = Due.objects.aggregate(first=Min("due_ms"))["first"]
    batches = [due_ms_of(min(slots)) for slots in Batch.objects.values_list("slots", flat=True) if slots]
    return int(min([now_ms - CLOSE_AFTER_MS, *batches, *([] if due is None else [due])]))
