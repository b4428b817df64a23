"""Expired leases: run again where repeating is safe, recorded as ``worker_lost`` where not; lost bells rung again."""

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from apiclient import record
from apiclient.catalogue import MissedBecause
from apiclient.models import Batch, Call
from apiclient.models.call import REPEATABLE
from apiclient.models.location import DEFAULT_LOCATION
from apiclient.record import Finished
from apiclient.schedule import START_GRACE_MS
from apiclient.slot import call_of

UNHEARD_MS = 3_000
"""A batch that waits this long for a worker is announced again: the first message may be lost."""
STILL_S = 10
"""No transaction of a worker stands still for so long, unless the worker does."""
MOST_LEASES = 2
AT_ONCE = 200


def reap(now_ms: int) -> list[int]:
    """Heal what was lost; the ids of the batches to announce."""
    with transaction.atomic():
        expired = Batch.objects.filter(lease_until_ms__lt=now_ms).order_by("pk")
        released = list(expired.select_for_update(skip_locked=True)[:AT_ONCE])
        _release(released, now_ms)
    with transaction.atomic():
        stale = Batch.objects.filter(token__isnull=True, created_ms__lt=now_ms - START_GRACE_MS).order_by("pk")
        _give_up(list(stale.select_for_update(skip_locked=True)[:AT_ONCE]), again=set())
    waiting = Batch.objects.filter(token__isnull=True).filter(
        Q(created_ms__lt=now_ms - UNHEARD_MS) | Q(pk__in=[batch.pk for batch in released])
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _release(batches: list[Batch], now_ms: int) -> None:
    """Take the leases back: whoever held them can record nothing any more."""
    for batch in batches:
        batch.token, batch.lease_until_ms, batch.created_ms = None, None, now_ms
    Batch.objects.bulk_update(batches, ["token", "lease_until_ms", "created_ms"])
    once = {call_of(slot) for batch in batches if batch.leases < MOST_LEASES for slot in batch.slots}
    calls = Call.objects.filter(pk__in=once, method__in=REPEATABLE).only("method", "steps")
    _give_up(batches, again={call.pk for call in calls if call.is_repeatable})


def _give_up(batches: list[Batch], again: set[int]) -> None:
    """Record the slots that nobody will run: missed if nobody ever could, else the worker was lost with them.

    ``again`` are calls that are run again in batches which have a lease left.
    """
    calls = {call_of(slot) for batch in batches for slot in batch.slots}
    services = dict(Call.objects.filter(pk__in=calls).values_list("pk", "service_id"))
    ended: list[Finished] = []
    for batch in batches:
        # A call deleted since then leaves nothing to record.
        batch.slots = [slot for slot in batch.slots if call_of(slot) in services]
        kept = again if batch.leases < MOST_LEASES else set()
        ended += [_ending(batch, slot, services[call_of(slot)]) for slot in batch.slots if call_of(slot) not in kept]
    # All at once: a transaction that counts twice could meet another that does and neither go on.
    record.strike(batches, ended)


def _ending(batch: Batch, slot: int, service_id: int) -> Finished:
    location_id = batch.location_id or DEFAULT_LOCATION
    if batch.leases:
        return record.worker_lost(slot, service_id, location_id)
    return record.missed(slot, service_id, MissedBecause.NO_FREE_WORKER, location_id)


def end_what_stands_still(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Have PostgreSQL end this session where it stops amid a transaction: nobody else could heal what it has locked.

    A worker is stopped, or its machine vanishes, and the rows of its batches would stay locked for as long.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{STILL_S}s'")
