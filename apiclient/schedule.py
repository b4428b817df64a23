"""Which slots are due; claim each once, as batches with a lease. All moments in milliseconds since 2020."""

import secrets
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q

from apiclient import record
from apiclient.cadence import Cadence
from apiclient.catalogue import MissedBecause
from apiclient.clock import now_ms
from apiclient.models import Batch, Call, Due
from apiclient.models.bulk import update_column
from apiclient.models.due import LOOKAHEAD_MS, locations_of
from apiclient.models.location import DEFAULT_LOCATION, queue_of
from apiclient.opening import TIMEOUT_GROUP_MS, Group, free_slot, make_batches
from apiclient.slot import due_ms_of, slot_id

BACKLOG_MS = 3_000
"""Of several due slots of one call, those younger than this run one after another; older ones are missed."""
START_GRACE_MS = 30_000
"""A slot that could not start for this long is missed: after a gap calls go on, they are not made up for."""
CLAIM_CALLS = 20_000
CLAIM_SLOTS_PER_CALL = 500
CLAIM_MISSED = 20_000
"""After a gap so many are recorded at a time, lest a weekend's slots of every call fill the memory at once."""
MOST_WAITING = 400
"""Where so many batches of a location wait for a worker, no more are made: what cannot run is missed, not piled up."""

WAITING_MS = 10 * 60_000
"""An outcome is waited for no longer than this."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to record the outcomes of a batch's slots, until somebody else is given it."""

    batch_id: int
    token: int
    slots: list[int]
    nth: int
    location_id: int = 0
    confirms: bool = False
    """Whether its slots are second calls, which decide about the failure of a first."""


def claim_due(now_ms: int) -> list[int]:
    """Claim every slot due by now and a moment; the ids of the batches that hold them.

    In one transaction the slots leave ``Due`` and stand in batches, or are recorded as missed. Any number of
    processes may do so at once: each slot is claimed by one.
    """
    run: dict[Group, list[int]] = defaultdict(list)
    missed: list[record.Finished] = []
    next_due: dict[int, int | None] = {}
    with transaction.atomic():
        crowd = _waiting_by_location()
        for pk, call_id, location_id, due_ms, cadence, timeout_ms, service_id in _due_rows(now_ms, crowd):
            if len(missed) >= CLAIM_MISSED:
                break
            due, next_due[pk] = due_slots(Cadence.read(cadence), call_id, due_ms, now_ms)
            more = (next_due[pk] or now_ms) < now_ms
            late, timely = split_late(due, now_ms, last=not more)
            if late:
                crowded = crowd.get(location_id, 0) > MOST_WAITING // 2
                because = MissedBecause.NO_FREE_WORKER if crowded else MissedBecause.UNCLAIMED
                missed += [record.missed(slot_id(ms, call_id), service_id, because, location_id) for ms in late]
            if crowd.get(location_id, 0) < MOST_WAITING:
                run[location_id, timeout_ms // TIMEOUT_GROUP_MS] += [slot_id(ms, call_id) for ms in timely]
            elif timely:
                next_due[pk] = timely[0]  # for a claim to come, which finds room for it or finds it late
        update_column(Due, "due_ms", next_due)
        record.write(missed)
        return make_batches(run, now_ms)


def _due_rows(now_ms: int, crowd: dict[int, int]) -> Any:
    """The places of calls with a slot to claim, oldest first; of a location that is full, those that are late."""
    full = [location_id for location_id, batches in crowd.items() if batches >= MOST_WAITING]
    rows = Due.objects.filter(due_ms__lte=now_ms + LOOKAHEAD_MS)
    if full:
        rows = rows.filter(~Q(location__in=full) | Q(due_ms__lt=now_ms - START_GRACE_MS))
    fields = ("pk", "call_id", "location_id", "due_ms", "cadence", "call__timeout_ms", "call__service_id")
    return rows.order_by("due_ms").select_for_update(skip_locked=True, of=("self",)).values_list(*fields)[:CLAIM_CALLS]


def _waiting_by_location() -> dict[int, int]:
    """How many batches of each location no worker has taken yet."""
    rows = Batch.objects.filter(token__isnull=True, confirms=False).values("location_id").annotate(batches=Count("pk"))
    return dict(rows.values_list("location_id", "batches"))


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
    """A slot outside the timetable for a run on demand: (batch id, slot). It takes the next free odd millisecond.

    It runs in the first of the call's locations.
    """
    location_id = locations_of([call])[call.pk][0]
    with transaction.atomic():
        list(Due.objects.select_for_update().filter(call=call))  # so that two runs at once take different ones
        slot = free_slot(call.pk, now_ms)
        return make_batches({(location_id, call.timeout_ms // TIMEOUT_GROUP_MS): [slot]}, now_ms)[0], slot


def withdraw(batch_id: int) -> bool:
    """Take back a slot that nobody was told of; False when a worker has found it already, and runs it."""
    return bool(Batch.objects.filter(pk=batch_id, token__isnull=True).delete()[0])


def is_waiting(slot: int, now_ms: int) -> bool:
    """Whether the slot was claimed a moment ago and its outcome is still to come."""
    if abs(due_ms_of(slot) - now_ms) > WAITING_MS:
        return False
    return any(slot in slots for slots in Batch.objects.values_list("slots", flat=True))


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
    return Lease(batch_id, token, batch.slots, batch.leases, batch.location_id or DEFAULT_LOCATION, batch.confirms)


def is_behind(now_ms: int) -> bool:
    """Whether unclaimed slots are so old that they can only be missed: a claim takes no more than so many."""
    return Due.objects.filter(due_ms__lt=now_ms - START_GRACE_MS).exists()


def waiting(limit: int, location_ids: Collection[int]) -> list[int]:
    """The oldest batches of these locations that no worker has taken yet."""
    rows = Batch.objects.filter(token__isnull=True, location__in=location_ids, created_ms__lte=now_ms()).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def queues(batch_ids: Collection[int]) -> dict[int, str]:
    """The queue that each of these batches is announced on, in the order of their ids."""
    rows = Batch.objects.filter(pk__any_of=batch_ids).order_by("pk") if batch_ids else Batch.objects.none()
    return {pk: queue_of(number, slug) for pk, number, slug in rows.values_list("pk", "location_id", "location__slug")}
