"""Expired leases: run again where repeating is safe, recorded as ``worker_lost`` where not; lost bells rung again."""

from django.db import transaction

from apiclient import record
from apiclient.models import Batch, Call
from apiclient.models.call import REPEATABLE
from apiclient.schedule import START_GRACE_MS
from apiclient.slot import call_of

UNHEARD_MS = 3_000
"""A batch that waits this long for a worker is announced again: the first message may be lost."""
MOST_LEASES = 2
AT_ONCE = 200


def reap(now_ms: int) -> list[int]:
    """Heal what was lost; the ids of the batches to announce."""
    with transaction.atomic():
        expired = Batch.objects.filter(lease_until_ms__lt=now_ms).order_by("pk")
        for batch in list(expired.select_for_update(skip_locked=True)[:AT_ONCE]):
            _release(batch, now_ms)
    with transaction.atomic():
        stale = Batch.objects.filter(token__isnull=True, created_ms__lt=now_ms - START_GRACE_MS).order_by("pk")
        for batch in list(stale.select_for_update(skip_locked=True)[:AT_ONCE]):
            _give_up(batch, batch.slots)
    waiting = Batch.objects.filter(token__isnull=True, created_ms__lt=now_ms - UNHEARD_MS)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _release(batch: Batch, now_ms: int) -> None:
    """Take the lease back: whoever held it can record nothing any more."""
    calls = Call.objects.filter(pk__in={call_of(slot) for slot in batch.slots}, method__in=REPEATABLE)
    repeatable = set(calls.values_list("pk", flat=True)) if batch.leases < MOST_LEASES else set()
    batch.token, batch.lease_until_ms, batch.created_ms = None, None, now_ms
    batch.save(update_fields=["token", "lease_until_ms", "created_ms"])
    lost = [slot for slot in batch.slots if call_of(slot) not in repeatable]
    if lost:
        _give_up(batch, lost)


def _give_up(batch: Batch, slots: list[int]) -> None:
    """Record the slots that nobody will run: missed if nobody ever could, else the worker was lost with them."""
    services = dict(Call.objects.filter(pk__in={call_of(slot) for slot in slots}).values_list("pk", "service_id"))
    ending = record.worker_lost if batch.leases else record.missed
    # A call deleted since then leaves nothing to record.
    batch.slots = [slot for slot in batch.slots if slot not in slots or call_of(slot) in services]
    record.strike([batch], [ending(slot, services[call_of(slot)]) for slot in slots if call_of(slot) in services])
