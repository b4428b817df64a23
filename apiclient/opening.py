"""Slots opened: put into batches that wait for a worker. All moments in milliseconds since 2020."""

from itertools import count

from apiclient.models import Batch, Outcome
from apiclient.models.due import LOOKAHEAD_MS
from apiclient.slot import first_slot, slot_id

LEASE_GRACE_MS = 10_000
"""What a worker has beyond the call's deadline to record its outcome."""
TIMEOUT_GROUP_MS = 5_000
"""Calls of one batch have timeouts this close, so that a slow one does not lengthen the lease of the others."""
BATCH_SLOTS = 500

Group = tuple[int, int]
"""What the slots of a batch have in common: location and timeout group."""


def make_batches(slots_by_group: dict[Group, list[int]], created_ms: int, *, confirms: bool = False) -> list[int]:
    """The ids of the batches that hold these slots now. ``created_ms`` is from when on a worker may take them."""
    batches = [
        Batch(
            slots=slots[start : start + BATCH_SLOTS],
            created_ms=created_ms,
            lease_ms=LOOKAHEAD_MS + (group + 1) * TIMEOUT_GROUP_MS + LEASE_GRACE_MS,
            location_id=location_id,
            confirms=confirms,
        )
        for (location_id, group), slots in slots_by_group.items()
        for start in range(0, len(slots), BATCH_SLOTS)
    ]
    return [batch.pk for batch in Batch.objects.bulk_create(batches)]


def free_slot(call_id: int, from_ms: int) -> int:
    """The next slot of a call outside its timetable: an odd millisecond that nothing has taken."""
    taken = {slot for slots in Batch.objects.values_list("slots", flat=True) for slot in slots}
    taken.update(Outcome.objects.filter(call=call_id, id__gte=first_slot(from_ms)).values_list("id", flat=True))
    return next(slot for slot in (slot_id(ms, call_id) for ms in count(from_ms | 1, 2)) if slot not in taken)
