"""The recount behind `manage.py verify`: every due slot has one outcome, every rollup cell equals its raw rows.

Only what pruning has left complete can be counted again. Reads only. Outcomes may arrive between two reads, so a
difference is looked at again before it is believed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from django.db.models import F, Max, Min, Q
from django.db.models.functions import Mod

from apiclient.cadence import Cadence
from apiclient.models import Batch, Call, Due, Outcome, Rollup, Step
from apiclient.models.location import PUSHED
from apiclient.models.pruned import complete_from_s
from apiclient.models.rollup import Closed
from apiclient.rollup import Cell, Cells, Key, minute_key
from apiclient.rollup.cell import stored
from apiclient.rollup.closed import closed, quarter_of
from apiclient.rollup.count import outcomes_of
from apiclient.rollup.ladder import LADDER
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
    """Cells that differ from a recount: up to an hour's of the outcomes, longer ones of the cells one step shorter.

    A longer one is passed over where a shorter one inside it is wrong already.
    """
    wrong: set[tuple[int, int]] = set()
    for start_s in _hours(since_ms // 3_600_000 * 3600):
        end_s = start_s + 3600
        looks = [(Step.HOUR, start_s, partial(_hour_differences, start_s))]
        for below, step in pairwise(LADDER[1:]):
            if end_s % step == 0:
                looks.append((step, end_s - step, partial(_long_differences, below, step, end_s - step)))
        for step, begins_s, look in looks:
            found = [] if (step, begins_s) in wrong else _believed(look)
            if found:
                wrong |= {(longer, begins_s // longer * longer) for longer in LADDER if longer > step}
            yield from found


def _hours(since_s: int) -> range:
    """The beginnings of all hours of the days in which there is an outcome or a cell."""
    ends = Outcome.objects.aggregate(first=Min("id"), last=Max("id"))
    cells = Rollup.objects.aggregate(first=Min("start_s"), last=Max("start_s"))
    moments = [moment for moment in cells.values() if moment is not None]
    moments += [due_ms_of(end) // 1000 for end in ends.values() if end is not None]
    days = [moment // Step.DAY * Step.DAY for moment in moments]
    complete_s = -(-complete_from_s() // 3600) * 3600
    return range(max(min(days), since_s, complete_s), max(days) + Step.DAY, 3600) if days else range(0)


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
    # A push from a clock ahead may have taken the slot before there was a timetable to refuse it.
    rows = Outcome.objects.filter(call=due.call_id, location__in=(due.location_id, PUSHED), **ends)
    if cadence.interval_seconds:
        rows = rows.annotate(phase=Mod(F("id").bitrightshift(22), cadence.interval_seconds * 1000))
        return rows.filter(phase=cadence.phase_ms(due.call_id)).count()
    return sum(cadence.has(due.call_id, due_ms_of(slot)) for slot in rows.values_list("id", flat=True).iterator())


def _hour_differences(start_s: int) -> list[Difference]:
    now_closed = closed()
    counted = {key: cell for key, cell in _recount(start_s, now_closed).items() if _is_kept(key, now_closed)}
    rows = Rollup.objects.filter(step__lte=Step.HOUR, start_s__gte=start_s, start_s__lt=start_s + 3600)
    kept = {key: cell for key, cell in stored(rows).items() if _is_kept(key, now_closed)}
    return [] if start_s < complete_from_s() else _differences(counted, kept)  # pruned while we counted


def _long_differences(below: int, step: int, start_s: int) -> list[Difference]:
    shorter = Rollup.objects.filter(step=below, start_s__gte=start_s, start_s__lt=start_s + step)
    is_over = start_s + step <= closed().until_s
    counted = stored(shorter, step=step, start_s=start_s) if is_over else {}
    return _differences(
        counted, stored(Rollup.objects.filter(step=step, start_s__gte=start_s, start_s__lt=start_s + step))
    )


def _differences(counted: Cells, kept: Cells) -> list[Difference]:
    wrong = [key for key in counted.keys() | kept.keys() if counted.get(key) != kept.get(key)]
    return [
        Difference("rollup", str(key._asdict()), counted.get(key, Cell()).count, kept.get(key, Cell()).count)
        for key in sorted(wrong, key=str)
    ]


def _is_kept(key: Key, closed: Closed) -> bool:
    """Whether the cell is among those that nobody has thinned out."""
    if key.step == Step.MINUTE:
        return key.start_s >= closed.minutes_from_s
    return key.step != Step.QUARTER or key.call_id is None or key.start_s >= closed.quarters_from_s


def _recount(start_s: int, closed: Closed) -> dict[Key, Cell]:
    """What the rollups of one hour must be, straight from the outcomes."""
    services = dict(Call.objects.values_list("pk", "service_id"))
    cells: dict[Key, Cell] = defaultdict(Cell)
    names = ("id", "call_id", "status_code", "failure", "verdict", "total_us")
    for slot, call_id, *answer, total_us in outcomes_of(start_s, start_s + 3600).values_list(*names).iterator(10_000):
        if call_id not in services:
            continue
        minute = minute_key(slot, services[call_id], *answer)
        cells[minute].add(total_us)
        for step, begins_s in ((Step.QUARTER, quarter_of(slot)), (Step.HOUR, start_s)):
            if begins_s + step <= closed.until_s:
                key = minute._replace(step=step, start_s=begins_s)
                for same in (key, key._replace(call_id=call_id), key._replace(service_id=None)):
                    cells[same].add(total_us)
    return dict(cells)
