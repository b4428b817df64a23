"""Outcomes, messages, rollups and the batch's release, in one transaction. The only way an outcome comes to be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from apiclient import rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.detail import Evidence, keep_details
from apiclient.http import Exchange, Request
from apiclient.models import Batch, Call, Outcome
from apiclient.models.bulk import insert_rows
from apiclient.models.pruned import complete_from_s
from apiclient.slot import call_of

COLUMNS = (
    "id", "call_id", "lag_ms", "total_us", "dns_us", "connect_us", "tls_us", "wait_us", "body_bytes",
    "status_code", "failure", "verdict",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finished:
    """How one slot ended. ``lag_ms`` is None when nothing was sent; ``request`` where there are texts to keep."""

    slot: int
    service_id: int
    exchange: Exchange
    verdict: Verdict
    lag_ms: int | None = None
    request: Request | None = field(default=None, repr=False)


def missed(slot: int, service_id: int) -> Finished:
    """A slot at which nothing was sent, since no worker came to it in time."""
    return Finished(slot, service_id, Exchange(failure=Failure.MISSED), Verdict.FAILED)


def worker_lost(slot: int, service_id: int) -> Finished:
    """A slot whose worker vanished: nobody knows whether the request was sent."""
    return Finished(slot, service_id, Exchange(failure=Failure.WORKER_LOST), Verdict.FAILED)


def save(finished: Mapping[tuple[int, int], Sequence[Finished]]) -> int:
    """Store what finished under each lease, (batch id, token): how many outcomes were stored.

    What belongs to a lease that has passed to somebody else is dropped: that one answers for the slots now.
    """
    with transaction.atomic():
        batches = Batch.objects.select_for_update().filter(pk__in=[batch_id for batch_id, _ in finished]).order_by("pk")
        held = [batch for batch in batches if (batch.pk, batch.token) in finished]
        return strike(held, [one for batch in held for one in finished[batch.pk, batch.token or 0]])


def strike(batches: Sequence[Batch], finished: Iterable[Finished]) -> int:
    """Write the outcomes of batches that the caller has locked, and strike their slots off them."""
    open_slots = {slot for batch in batches for slot in batch.slots}
    mine = [one for one in finished if one.slot in open_slots]
    written = write(mine)
    done = {one.slot for one in mine}
    for batch in batches:
        batch.slots = [slot for slot in batch.slots if slot not in done]
    Batch.objects.filter(pk__in=[batch.pk for batch in batches if not batch.slots]).delete()
    Batch.objects.bulk_update([batch for batch in batches if batch.slots], ["slots"])
    return written


def write(finished: Sequence[Finished]) -> int:
    """Insert outcomes with their details and rollups, inside the caller's transaction.

    A slot already there stays; a call deleted meanwhile leaves nothing.
    """
    first: dict[int, Finished] = {}
    for one in finished:
        first.setdefault(one.slot, one)
    if not first:
        return 0
    closed_hours = rollup.hold(first)
    there = set(Outcome.objects.filter(pk__any_of=first.keys()).values_list("pk", flat=True))
    calls = set(Call.objects.filter(pk__any_of={call_of(slot) for slot in first}).values_list("pk", flat=True))
    new = [one for one in first.values() if one.slot not in there and call_of(one.slot) in calls]
    if new:
        # In the order of their keys: a page of PostgreSQL's index is then left full, not two thirds full.
        insert_rows(Outcome, COLUMNS, map(_row, sorted(new, key=lambda one: one.slot)))
        keep_details([Evidence(one.slot, one.service_id, one.request, one.exchange) for one in new if one.request])
        _count(new)
        rollup.recount(closed_hours)
    return len(new)


def _row(one: Finished) -> tuple[int | None, ...]:
    exchange, phases = one.exchange, one.exchange.phases
    return (
        one.slot, call_of(one.slot), one.lag_ms,
        phases.total, phases.dns, phases.connect, phases.tls, phases.wait, exchange.body_bytes,
        exchange.status_code, exchange.failure, one.verdict,
    )  # fmt: skip


def _count(finished: Sequence[Finished]) -> None:
    cells: dict[rollup.Key, rollup.Cell] = defaultdict(rollup.Cell)
    complete_s = complete_from_s()
    for one in finished:
        key = rollup.minute_key(one.slot, one.service_id, one.exchange.status_code, one.exchange.failure, one.verdict)
        for each in (key, *rollup.late_keys(key, call_of(one.slot), complete_s)):
            cells[each].add(one.exchange.phases.total)
    rollup.insert(cells)
