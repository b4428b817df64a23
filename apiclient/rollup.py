"""Counts and latency histograms over minutes and hours: written with the outcomes, closed, folded, recounted.

Cells add up, so writing one is an insert and nobody waits. A minute's cells count a service and are inserted with
the outcomes they count. An hour's cells count a call, and again a service, and are made from the outcomes once the
hour is closed; an outcome that comes later still recounts its hour in its own transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Min, QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from apiclient.histogram import Histogram, bucket, decode, encode, merge, spread
from apiclient.models import Batch, Call, Due, Outcome, OutcomeDetail, Rollup, Service, Step
from apiclient.models.pruned import Pruned, complete_from_s
from apiclient.models.rollup import Closed
from apiclient.slot import call_of, due_ms_of, first_slot

CLOSED_LOCK = 0x41_42_01
"""PostgreSQL's advisory lock on what is closed: shared by writers of open hours, else held alone."""
CLOSE_AFTER_MS = 60_000
FOLD_AFTER_S = 600
FOLD_SPAN_S = 86_400
"""Older minutes are left as they are, since looking at all of them would take longer every day."""


class Key(NamedTuple):
    """What one cell counts; the whole service where ``call_id`` is None."""

    step: int
    service_id: int
    call_id: int | None
    start_s: int
    status_code: int | None
    failure: int | None
    verdict: int


@dataclass(slots=True)
class Cell:
    """A count and its histogram of total times in microseconds."""

    count: int = 0
    histogram: Histogram = field(default_factory=dict)

    def add(self, total_us: int) -> None:
        index = bucket(total_us)
        self.count += 1
        self.histogram[index] = self.histogram.get(index, 0) + 1

    def add_all(self, count: int, histogram: Histogram) -> None:
        self.count += count
        self.histogram = merge(self.histogram, histogram)

    def take_away(self, other: "Cell") -> None:
        self.count -= other.count
        left = {number: times - other.histogram.get(number, 0) for number, times in self.histogram.items()}
        self.histogram = {number: times for number, times in left.items() if times}


Cells = Mapping[Key, Cell]


def minute_key(slot: int, service_id: int, status_code: int | None, failure: int | None, verdict: int) -> Key:
    """The cell of the minute that this outcome adds to."""
    start_s = due_ms_of(slot) // 60_000 * 60
    return Key(Step.MINUTE, service_id, None, start_s, status_code, failure, verdict)


def cell_of(totals_us: Iterable[int]) -> Cell:
    """One cell that counts these total times in microseconds."""
    buckets = Counter(map(bucket, totals_us))
    return Cell(buckets.total(), dict(buckets))


def insert(cells: Cells) -> None:
    """Add cells to what is there."""
    Rollup.objects.bulk_create(
        [Rollup(**key._asdict(), count=cell.count, histogram=encode(cell.histogram)) for key, cell in cells.items()]
    )


def closed_until_s() -> int:
    """Hours before this moment (seconds since 2020) are closed; 0 when none is."""
    return Closed.objects.values_list("until_s", flat=True).first() or 0


def hold(slots: Iterable[int]) -> dict[int, set[int]]:
    """Until the transaction ends no hour is closed and no call deleted; the closed hours among the slots', by start.

    Each with its calls: they must be counted again once their outcomes are written.
    """
    moments = {slot: _hour_of(slot) for slot in slots}
    oldest = min(moments.values())
    late = oldest < closed_until_s()
    _lock(shared=not late)
    until_s = closed_until_s()
    if oldest < until_s and not late:
        raise ClosedMeanwhile("an hour was closed just before an outcome of it was written; try again")
    hours: dict[int, set[int]] = defaultdict(set)
    for slot, hour_s in moments.items():
        if hour_s < until_s:
            hours[hour_s].add(call_of(slot))
    return hours


def recount(hours: Mapping[int, set[int]]) -> None:
    """Count closed hours again for the services of these calls, in the transaction that holds them."""
    complete_s = complete_from_s()
    for hour_s, call_ids in hours.items():
        if hour_s < complete_s:  # added to instead, see late_keys
            continue
        services = set(Call.objects.filter(pk__any_of=call_ids).values_list("service_id", flat=True))
        calls = Call.objects.filter(service__in=services).values_list("pk", flat=True)
        Rollup.objects.filter(step=Step.HOUR, service__in=services, start_s=hour_s).delete()
        insert(_count_hour(hour_s, list(calls))[0])


def late_keys(minute: Key, call_id: int, complete_s: int) -> list[Key]:
    """The hourly cells that an outcome adds to, beside its minute's, since its hour can be counted no more."""
    if minute.start_s >= complete_s:
        return []
    hour = minute._replace(step=Step.HOUR, start_s=minute.start_s // Step.HOUR * Step.HOUR)
    return [hour, hour._replace(call_id=call_id)]


def give_up(until_s: int) -> None:
    """From now on closed hours before this moment are not counted again: outcomes of theirs will be pruned."""
    with transaction.atomic():
        _lock(shared=False)
        until_s = max(min(until_s, closed_until_s()), complete_from_s())
        Pruned.objects.update_or_create(pk=1, defaults={"complete_s": until_s})


class ClosedMeanwhile(Exception):
    """The transaction must be tried again: it then sees the hour as closed."""


@receiver(pre_delete, sender=Call)
def forget(instance: Call, origin: Any = None, **kwargs: Any) -> None:
    """Delete the outcomes of a call that is being deleted, and what its service's cells count of them."""
    # Locked in the order in which a claim locks, or each could wait for the other.
    list(Due.objects.select_for_update().filter(call__service=instance.service_id).order_by("pk").values_list("pk"))
    _lock(shared=False)
    if not (isinstance(origin, Service) or getattr(origin, "model", None) is Service):  # whose cells go whole
        _uncount(instance)
    Rollup.objects.filter(call=instance).delete()
    outcomes = Outcome.objects.filter(call=instance)
    OutcomeDetail.objects.filter(outcome__in=outcomes).delete()
    outcomes._raw_delete(outcomes.db)  # delete() would load each one first


def _uncount(call: Call) -> None:
    fields = ("id", "status_code", "failure", "verdict", "total_us")
    complete_s = complete_from_s()
    _uncount_pruned(call, complete_s)
    rows = Outcome.objects.filter(call=call, id__gte=first_slot(complete_s * 1000)).order_by("id").values_list(*fields)
    for hour_s, outcomes in groupby(rows.iterator(chunk_size=10_000), key=lambda row: _hour_of(row[0])):
        gone: dict[Key, Cell] = defaultdict(Cell)
        for slot, status_code, failure, verdict, total_us in outcomes:
            key = minute_key(slot, call.service_id, status_code, failure, verdict)
            gone[key].add(total_us)
            gone[key._replace(step=Step.HOUR, start_s=hour_s)].add(total_us)
        _take_away(call.service_id, hour_s, gone)


def _uncount_pruned(call: Call, until_s: int) -> None:
    """Hours without all their outcomes: the call's own cells say how many there were, if not in which minutes."""
    own = Rollup.objects.filter(step=Step.HOUR, call=call, start_s__lt=until_s)
    for hour_s in own.order_by("start_s").values_list("start_s", flat=True).distinct():
        gone = _stored(own.filter(start_s=hour_s), call_id=None)
        inside = Rollup.objects.filter(step=Step.MINUTE, start_s__gte=hour_s, start_s__lt=hour_s + Step.HOUR)
        minutes = _stored(inside.filter(service=call.service_id))
        for key, cell in list(gone.items()):
            alike = {minute: of.histogram for minute, of in minutes.items() if minute[4:] == key[4:]}
            gone |= {minute: Cell(sum(part.values()), part) for minute, part in spread(cell.histogram, alike).items()}
        _take_away(call.service_id, hour_s, gone)


def _stored(rows: QuerySet[Rollup], **key: Any) -> dict[Key, Cell]:
    cells: dict[Key, Cell] = defaultdict(Cell)
    for row in rows.iterator():
        cells[_key_of(row)._replace(**key)].add_all(row.count, decode(bytes(row.histogram)))
    return cells


def _take_away(service_id: int, hour_s: int, gone: Cells) -> None:
    cells = Rollup.objects.filter(service=service_id, call=None, start_s__gte=hour_s, start_s__lt=hour_s + Step.HOUR)
    starts = {(key.step, key.start_s) for key in gone}
    rows = [row for row in cells if (row.step, row.start_s) in starts]
    left = _stored(Rollup.objects.filter(pk__in=[row.pk for row in rows]))
    for key in left.keys() & gone.keys():
        left[key].take_away(gone[key])
    Rollup.objects.filter(pk__in=[row.pk for row in rows]).delete()
    insert({key: cell for key, cell in left.items() if cell.count})


def close_hours(now_ms: int) -> int:
    """Make the hourly cells of every hour that is over and whose slots all have outcomes; how many were closed."""
    closed = 0
    while _close_next(now_ms):
        closed += 1
    return closed


def _close_next(now_ms: int) -> bool:
    start_s = closed_until_s() or _first_hour()
    if start_s is None or _open_since_ms(now_ms) < (start_s + Step.HOUR) * 1000:
        return False
    cells, counted = _count_hour(start_s)
    with transaction.atomic():
        _lock(shared=False)
        # Counting took a while without a lock. Outcomes are never changed, so the same number means the same ones.
        if closed_until_s() > start_s or _hour(start_s).count() != counted:
            return False
        Rollup.objects.filter(step=Step.HOUR, start_s=start_s).delete()
        insert(cells)
        Closed.objects.update_or_create(pk=1, defaults={"until_s": start_s + Step.HOUR})
    return True


def fold(now_ms: int) -> int:
    """Merge the cells of each past minute into one per key; how many rows went away."""
    until_s = now_ms // 1000 - FOLD_AFTER_S
    minutes = (
        Rollup.objects.filter(step=Step.MINUTE, start_s__gte=until_s - FOLD_SPAN_S, start_s__lt=until_s)
        .values("start_s", "service_id", "status_code", "failure", "verdict")
        .annotate(rows=Count("id"))
        .filter(rows__gt=1)
        .values_list("start_s", flat=True)
    )
    return sum(_fold_minute(start_s) for start_s in sorted(set(minutes)))


def _fold_minute(start_s: int) -> int:
    with transaction.atomic():
        _lock(shared=True)  # not while a call is being taken out of the cells
        rows = list(Rollup.objects.select_for_update().filter(step=Step.MINUTE, start_s=start_s).order_by("pk"))
        cells: dict[Key, Cell] = defaultdict(Cell)
        for row in rows:
            cells[_key_of(row)].add_all(row.count, decode(bytes(row.histogram)))
        # Two folds at once: the second finds the rows gone and leaves the minute alone.
        deleted, _ = Rollup.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if deleted == len(rows):
            insert(cells)
            return deleted - len(cells)
        transaction.set_rollback(True)
        return 0


def _key_of(row: Rollup) -> Key:
    return Key(*(getattr(row, name) for name in Key._fields))


def _lock(*, shared: bool) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", [CLOSED_LOCK])


def _hour_of(slot: int) -> int:
    return due_ms_of(slot) // 3_600_000 * 3600


def _first_hour() -> int | None:
    first = Outcome.objects.aggregate(first=Min("id"))["first"]
    return None if first is None else _hour_of(first)


def _open_since_ms(now_ms: int) -> int:
    """No slot before this moment can still get its outcome from the timetable."""
    due = Due.objects.aggregate(first=Min("due_ms"))["first"]
    batches = [due_ms_of(min(slots)) for slots in Batch.objects.values_list("slots", flat=True) if slots]
    return int(min([now_ms - CLOSE_AFTER_MS, *batches, *([] if due is None else [due])]))


def _hour(start_s: int) -> QuerySet[Outcome]:
    first, end = first_slot(start_s * 1000), first_slot((start_s + Step.HOUR) * 1000)
    return Outcome.objects.filter(id__gte=first, id__lt=end)


def _count_hour(start_s: int, call_ids: Iterable[int] | None = None) -> tuple[Cells, int]:
    """The cells of one hour, per call and per service, straight from the outcomes, and how many outcomes they count."""
    rows = _hour(start_s) if call_ids is None else _hour(start_s).filter(call__in=call_ids)
    services = dict(Call.objects.values_list("pk", "service_id"))
    cells: dict[Key, Cell] = defaultdict(Cell)
    counted = 0
    fields = rows.values_list("call_id", "status_code", "failure", "verdict", "total_us")
    for call_id, status_code, failure, verdict, total_us in fields.iterator(chunk_size=10_000):
        counted += 1
        if call_id in services:
            key = Key(Step.HOUR, services[call_id], call_id, start_s, status_code, failure, verdict)
            cells[key].add(total_us)
    for key, cell in list(cells.items()):
        cells[key._replace(call_id=None)].add_all(cell.count, cell.histogram)
    return cells, counted
