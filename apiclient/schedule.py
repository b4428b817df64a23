"""Which slots are due; claim each once, as batches with a lease. All moments in milliseconds since 2020."""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, count, islice

from django.db import transaction
from django.db.models import F

from apiclient import record
from apiclient.cadence import Cadence
from apiclient.models import Batch, Call, Due, Outcome
from apiclient.models.bulk import update_column
from apiclient.models.due import LOOKAHEAD_MS
from apiclient.slot import first_slot, slot_id

BACKLOG_MS = 3_000
"""Of several due slots of one call, those younger than this run one after another; older ones are missed."""
START_GRACE_MS = 30_000
"""A slot that could not start for this long is missed: after a gap calls go on, they are not made up for."""
LEASE_GRACE_MS = 10_000
"""What a worker has beyond the call's deadline to record its outcome."""
TIMEOUT_GROUP_MS = 5_000
"""Calls of one batch have timeouts this close, so that a slow one does not lengthen the lease of the others."""
BATCH_SLOTS = 500
CLAIM_CALLS = 20_000
CLAIM_SLOTS_PER_CALL = 500
CLAIM_MISSED = 20_000
"""After a gap so many are recorded at a time, lest a weekend's slots of every call fill the memory at once."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to record the outcomes of a batch's slots, until somebody else is given it."""

    batch_id: int
    token: int
    slots: list[int]
    nth: int


def claim_due(now_ms: int) -> list[int]:
    """Claim every slot due by now and a moment; the ids of the batches that hold them.

    In one transaction the slots leave ``Due`` and stand in batches, or are recorded as missed. Any number of
    processes may do so at once: each slot is claimed by one.
    """
    run: dict[int, list[int]] = defaultdict(list)
    missed: list[tuple[int, int]] = []
    next_due: dict[int, int | None] = {}
    with transaction.atomic():
        rows = (
            Due.objects.filter(due_ms__lte=now_ms + LOOKAHEAD_MS)
            .order_by("due_ms")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("call_id", "due_ms", "cadence", "call__timeout_ms", "call__service_id")[:CLAIM_CALLS]
        )
        for call_id, due_ms, cadence, timeout_ms, service_id in rows:
            if len(missed) >= CLAIM_MISSED:
                break
            due, next_due[call_id] = due_slots(Cadence.read(cadence), call_id, due_ms or 0, now_ms)
            more = (next_due[call_id] or now_ms) < now_ms
            late, timely = split_late(due, now_ms, last=not more)
            run[timeout_ms // TIMEOUT_GROUP_MS].extend(slot_id(ms, call_id) for ms in timely)
            missed.extend((slot_id(ms, call_id), service_id) for ms in late)
        update_column(Due, "due_ms", next_due)
        record.write([record.missed(slot, service_id) for slot, service_id in missed])
        return _make_batches(run, now_ms)


def due_slots(cadence: Cadence, call_id: int, due_ms: int, now_ms: int) -> tuple[list[int], int | None]:
    """The moments due by now and a moment, oldest first, and the one after them."""
    moments = chain([due_ms], cadence.slots_after(call_id, due_ms))
    found: list[int] = []
    for moment in islice(moments, CLAIM_SLOTS_PER_CALL):
        if moment > now_ms + LOOKAHEAD_MS:
            return found, moment
        found.append(moment)
    return found, next(moments, None)


def split_late(due: list[int], now_ms: int, *, last: bool = True) -> tuple[list[int], list[int]]:
    """(missed, run): only the newest may be later than a backlog of a few seconds, and not later than the grace.

    ``last`` says that no later slot is due, so that the newest is among them.
    """
    run = [ms for ms in due if ms >= now_ms - BACKLOG_MS]
    if last and not run:
        run = [ms for ms in due[-1:] if ms >= now_ms - START_GRACE_MS]
    return due[: len(due) - len(run)], run


def claim_now(call: Call, now_ms: int) -> tuple[int, int]:
    """A slot outside the timetable for a run on demand: (batch id, slot). It takes the next free odd millisecond."""
    with transaction.atomic():
        list(Due.objects.select_for_update().filter(call=call))  # so that two runs at once take different ones
        taken = {slot for slots in Batch.objects.values_list("slots", flat=True) for slot in slots}
        taken.update(Outcome.objects.filter(call=call, id__gte=first_slot(now_ms)).values_list("id", flat=True))
        slot = next(slot for slot in (slot_id(ms, call.pk) for ms in count(now_ms | 1, 2)) if slot not in taken)
        return _make_batches({call.timeout_ms // TIMEOUT_GROUP_MS: [slot]}, now_ms)[0], slot


def take(batch_id: int, now_ms: int) -> Lease | None:
    """The lease on a waiting batch; None when another worker has it or its work is done."""
    token = secrets.randbits(63)
    with transaction.atomic():
        taken = Batch.objects.filter(pk=batch_id, token__isnull=True).update(
            token=token, lease_until_ms=now_ms + F("lease_ms"), leases=F("leases") + 1
        )
        if not taken:
            return None
        batch = Batch.objects.get(pk=batch_id)
    return Lease(batch_id, token, batch.slots, batch.leases)


def is_behind(now_ms: int) -> bool:
    """Whether unclaimed slots are so old that they can only be missed: a claim takes no more than so many."""
    return Due.objects.filter(due_ms__lt=now_ms - START_GRACE_MS).exists()


def waiting(limit: int) -> list[int]:
    """The oldest batches that no worker has taken yet."""
    return list(Batch.objects.filter(token__isnull=True).order_by("pk").values_list("pk", flat=True)[:limit])


def _make_batches(slots_by_group: dict[int, list[int]], now_ms: int) -> list[int]:
    batches = [
        Batch(
            slots=slots[start : start + BATCH_SLOTS],
            created_ms=now_ms,
            lease_ms=LOOKAHEAD_MS + (group + 1) * TIMEOUT_GROUP_MS + LEASE_GRACE_MS,
        )
        for group, slots in slots_by_group.items()
        for start in range(0, len(slots), BATCH_SLOTS)
    ]
    return [batch.pk for batch in Batch.objects.bulk_create(batches)]
