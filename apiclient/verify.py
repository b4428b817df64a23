"""The recount behind `manage.py verify`: every due slot has one outcome, every rollup cell equals its raw rows.

Only what pruning has left complete can be counted again. Reads only. Outcomes may arrive between two reads, so a
difference is looked at again before it is believed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import F, Max, Min, Q
from django.db.models.functions import Mod

from apiclient.cadence import Cadence
from apiclient.histogram import decode
from apiclient.models import Batch, Call, Due, Outcome, Rollup, Step
from apiclient.models.pruned import complete_from_s
from apiclient.rollup import Cell, Key, closed_until_s, minute_key
from apiclient.schedule import START_GRACE_MS
from apiclient.slot import call_of, due_ms_of, first_slot, from_ms

OVERDUE_MS = 15_000
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """What was counted and what it should have been; ``subject`` says of what."""

    kind: str
    subject: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: expected {self.expected}, found {self.found}"


def differences(now_ms: int, since_ms: int = 0) -> Iterator[Difference]:
    """Everything that does not add up from ``since_ms`` on, nothing when all does."""
    yield from slots_without_outcome(since_ms)
    yield from overdue_batches(now_ms)
    yield from rollup_differences(since_ms)


def slots_without_outcome(since_ms: int = 0) -> Iterator[Difference]:
    """Calls with a slot that was due in one of their locations, is in no batch and has no outcome.

    Two outcomes the primary key refuses.
    """
    for due_id in Due.objects.filter(due_ms__isnull=False).order_by("pk").values_list("pk", flat=True):
        yield from _believed(lambda due_id=due_id: _missing_slots(due_id, since_ms))  # type: ignore[misc]


def overdue_batches(now_ms: int) -> Iterator[Difference]:
    """Batches whose slots are open for longer than any deadline, lease and repair allow."""
    for batch in Batch.objects.filter(overdue(now_ms)).order_by("pk"):
        yield Difference("overdue", f"batch {batch.pk} with open slots", 0, len(batch.slots))


def overdue(now_ms: int) -> Q:
    """The condition on such batches: they waited too long for a worker, or their lease has long expired."""
    waited = Q(token__isnull=True, created_ms__lt=now_ms - START_GRACE_MS - OVERDUE_MS)
    return waited | Q(lease_until_ms__lt=now_ms - OVERDUE_MS)


def rollup_differences(since_ms: int = 0) -> Iterator[Difference]:
    """Cells that differ from a recount of the outcomes, hour by hour."""
    ends = Outcome.objects.aggregate(first=Min("id"), last=Max("id"))
    cells = Rollup.objects.aggregate(first=Min("start_s"), last=Max("start_s"))
    since_ms = max(since_ms, complete_from_s() * 1000)
    starts = [end // 3600 * 3600 for end in (cells["first"], cells["last"]) if end is not None]
    starts += [due_ms_of(end) // 3_600_000 * 3600 for end in ends.values() if end is not None]
    for start_s in range(max(min(starts), since_ms // 3_600_000 * 3600), max(starts) + 1, 3600) if starts else ():
        yield from _believed(lambda start_s=start_s: _hour_differences(start_s))  # type: ignore[misc]


def _believed(look: Callable[[], list[Difference]]) -> list[Difference]:
    found: list[Difference] = []
    for _ in range(LOOKS):
        found = look()
        if not found:
            break
    return found


def _missing_slots(due_id: int, since_ms: int) -> list[Difference]:
    due = Due.objects.select_related("call__service", "location").filter(pk=due_id, due_ms__isnull=False).first()
    if due is None or due.due_ms is None:
        return []
    call_id = due.call_id
    from_ms_, cadence = max(due.since_ms, since_ms, complete_from_s() * 1000), Cadence.read(due.cadence)
    expected = cadence.count_between(call_id, from_ms_, due.due_ms)
    # Batches first: a slot that is recorded meanwhile is then counted twice rather than never.
    open_slots = {slot for slots in Batch.objects.values_list("slots", flat=True) for slot in slots}
    mine = [due_ms_of(slot) for slot in open_slots if call_of(slot) == call_id]
    found = _on_the_timetable(due, cadence, from_ms_)
    found += sum(1 for ms in mine if from_ms_ <= ms < due.due_ms and cadence.has(call_id, ms))
    if found >= expected:
        return []
    if complete_from_s() * 1000 > from_ms_:  # pruned while we counted
        return _missing_slots(due_id, since_ms)
    subject = f"{due.call} in {due.location} since {from_ms(from_ms_):%Y-%m-%d %H:%M:%S}"
    return [Difference("slots", subject, expected, found)]


def _on_the_timetable(due: Due, cadence: Cadence, since_ms: int) -> int:
    """Outcomes of the call there at moments of its cadence: runs on demand do not count."""
    ends = {"id__gte": first_slot(since_ms), "id__lt": first_slot(due.due_ms or 0)}
    rows = Outcome.objects.filter(call=due.call_id, location=due.location_id, **ends)
    if cadence.interval_seconds:
        rows = rows.annotate(phase=Mod(F("id").bitrightshift(22), cadence.interval_seconds * 1000))
        return rows.filter(phase=cadence.phase_ms(due.call_id)).count()
    return sum(cadence.has(due.call_id, due_ms_of(slot)) for slot in rows.values_list("id", flat=True).iterator())


def _hour_differences(start_s: int) -> list[Difference]:
    counted = _recount(start_s)
    kept: dict[Key, Cell] = defaultdict(Cell)
    rows = Rollup.objects.filter(start_s__gte=start_s, start_s__lt=start_s + 3600)
    for row in rows.iterator():
        kept[Key(*(getattr(row, name) for name in Key._fields))].add_all(row.count, decode(bytes(row.histogram)))
    if start_s < complete_from_s():  # pruned while we counted
        return []
    wrong = [key for key in counted.keys() | kept.keys() if counted.get(key) != kept.get(key)]
    return [
        Difference("rollup", str(key._asdict()), counted.get(key, Cell()).count, kept.get(key, Cell()).count)
        for key in sorted(wrong, key=str)
    ]


def _recount(start_s: int) -> dict[Key, Cell]:
    """What the rollups of one hour must be, straight from the outcomes."""
    services = dict(Call.objects.values_list("pk", "service_id"))
    closed = start_s < closed_until_s()
    cells: dict[Key, Cell] = defaultdict(Cell)
    rows = Outcome.objects.filter(id__gte=first_slot(start_s * 1000), id__lt=first_slot((start_s + 3600) * 1000))
    names = ("id", "call_id", "status_code", "failure", "verdict", "total_us")
    for slot, call_id, code, failure, verdict, total_us in rows.values_list(*names).iterator(chunk_size=10_000):
        if call_id not in services:
            continue
        minute = minute_key(slot, services[call_id], code, failure, verdict)
        cells[minute].add(total_us)
        if closed:
            hour = minute._replace(step=Step.HOUR, start_s=start_s)
            cells[hour].add(total_us)
            cells[hour._replace(call_id=call_id)].add(total_us)
    return dict(cells)
