"""Outcomes, messages, rollups and the batch's release, in one transaction. The only way an outcome comes to be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import IntegrityError, transaction

from apiclient import confirm, first_seen, rollup, webhook
from apiclient.catalogue import Failure, MissedBecause, Verdict
from apiclient.check import Result
from apiclient.clock import now_ms
from apiclient.course import Step
from apiclient.detail import Evidence, keep_details
from apiclient.http import Exchange, Request
from apiclient.models import Batch, Call, Outcome
from apiclient.models.bulk import FEW, insert_few_new, insert_rows, keys_there
from apiclient.reason import WAITS
from apiclient.slot import call_of

COLUMNS = (
    "id", "call_id", "lag_ms", "total_us", "dns_us", "connect_us", "tls_us", "wait_us", "body_bytes",
    "status_code", "failure", "verdict", "location_id", "missed_because",
)  # fmt: skip


@dataclass(slots=True)  # not frozen, as Exchange is not
class Finished:
    """How one slot ended. ``lag_ms`` is None when nothing was sent; ``request`` where there are texts to keep.

    ``steps`` are a chain's; ``results`` are what it was judged by, as far as they are to be kept.
    """

    slot: int
    service_id: int
    exchange: Exchange
    verdict: Verdict
    lag_ms: int | None = None
    request: Request | None = field(default=None, repr=False)
    location_id: int = 0
    steps: tuple[Step, ...] = ()
    results: tuple[Result, ...] = ()
    doubt: confirm.Doubt | None = None


def missed(
    slot: int, service_id: int, because: MissedBecause = MissedBecause.UNCLAIMED, location_id: int = 0
) -> Finished:
    """A slot at which nothing was sent."""
    exchange = Exchange(failure=Failure.MISSED, missed_because=because)
    return Finished(slot, service_id, exchange, Verdict.FAILED, location_id=location_id)


def worker_lost(slot: int, service_id: int, location_id: int = 0) -> Finished:
    """A slot whose worker vanished: nobody knows whether the request was sent."""
    return Finished(slot, service_id, Exchange(failure=Failure.WORKER_LOST), Verdict.FAILED, location_id=location_id)


def save(finished: Mapping[tuple[int, int], Sequence[Finished]]) -> int:
    """Store what finished under each lease, (batch id, token): how many outcomes were stored.

    What belongs to a lease that has passed to somebody else is dropped: that one answers for the slots now.
    """
    with transaction.atomic():
        batches = Batch.objects.select_for_update().filter(pk__in=[batch_id for batch_id, _ in finished]).order_by("pk")
        held = [batch for batch in batches if (batch.pk, batch.token) in finished]
        return strike(held, [one for batch in held for one in finished[batch.pk, batch.token or 0]])


def _doubted(finished: list[Finished]) -> list[Finished]:
    """The same, but for failures that a second call is to confirm: these are degraded until it has."""
    doubts = {one.slot: one.doubt for one in finished if one.doubt and one.verdict is Verdict.FAILED}
    waiting = confirm.ask(doubts.values(), now_ms()) if doubts else set()
    return [_waiting(one) if one.slot in waiting else one for one in finished]


def _waiting(one: Finished) -> Finished:
    code, failure = one.exchange.status_code, one.exchange.failure
    wrong = next((each.sentence for each in one.results if not each.holds and not each.degrades), "")
    why = wrong or (f"It answered {code}." if failure is None else f"No usable answer came back: {failure.label}.")
    after_s = one.doubt.after_s if one.doubt else 0
    result = Result(f"{WAITS} by a second call {after_s} s later. {why}", holds=False, degrades=True)
    return replace(one, verdict=Verdict.DEGRADED, results=(*one.results, result))


def strike(batches: Sequence[Batch], finished: Iterable[Finished]) -> int:
    """Write the outcomes of batches that the caller has locked, and strike their slots off them."""
    open_slots = {slot for batch in batches for slot in batch.slots}
    mine = [one for one in finished if one.slot in open_slots]
    written = len(write(_doubted(mine)).new)
    done = {one.slot for one in mine}
    for batch in batches:
        batch.slots = [slot for slot in batch.slots if slot not in done]
    Batch.objects.filter(pk__in=[batch.pk for batch in batches if not batch.slots]).delete()
    Batch.objects.bulk_update([batch for batch in batches if batch.slots], ["slots"])
    return written


class Written(NamedTuple):
    """The slots whose outcomes are new, and those that no outcome can have any more: their call is gone."""

    new: set[int]
    gone: set[int]


def write(finished: Iterable[Finished]) -> Written:
    """Insert outcomes with their details and rollups, inside the caller's transaction.

    A slot already there stays; a call deleted meanwhile leaves nothing.
    """
    first: dict[int, Finished] = {}
    for one in finished:
        first.setdefault(one.slot, one)
    if not first:
        return Written(set(), set())
    held = rollup.hold(first)
    calls = keys_there(Call, {call_of(slot) for slot in first})
    # In the order of their keys: a page of PostgreSQL's index is then left full, not two thirds full.
    new = _insert(sorted((one for one in first.values() if call_of(one.slot) in calls), key=lambda one: one.slot))
    if new:
        keep_details([evidence for one in new if (evidence := _evidence(one))])
        _count(new, held.complete_s)
        rollup.recount(held.quarters)
        first_seen.note((one.slot, code) for one in new if (code := one.exchange.status_code) is not None)
        webhook.leave_hints((one.slot, one.location_id, one.verdict) for one in new)
    return Written({one.slot for one in new}, {slot for slot in first if call_of(slot) not in calls})


def _evidence(one: Finished) -> Evidence | None:
    if one.request is None:
        return None
    return Evidence(one.slot, one.service_id, one.request, one.exchange, one.steps, one.results)


def _insert(finished: list[Finished]) -> list[Finished]:
    """Those that were not there."""
    if len(finished) <= FEW:
        new_slots = insert_few_new(Outcome, COLUMNS, [_row(one) for one in finished])
        return [one for one in finished if one.slot in new_slots]
    new = finished
    while new:
        # Hardly ever one is there, so that it is not asked for before the database objects.
        try:
            with transaction.atomic():
                insert_rows(Outcome, COLUMNS, map(_row, new))
                break
        except IntegrityError:
            # Each time somebody else has stored at least one of them: so this ends.
            there = keys_there(Outcome, (one.slot for one in new))
            if not there:
                raise
            new = [one for one in new if one.slot not in there]
    return new


def _row(one: Finished) -> tuple[int | None, ...]:
    exchange, phases = one.exchange, one.exchange.phases
    return (
        one.slot, call_of(one.slot), one.lag_ms,
        phases.total, phases.dns, phases.connect, phases.tls, phases.wait, exchange.body_bytes,
        exchange.status_code, exchange.failure, one.verdict, one.location_id, exchange.missed_because,
    )  # fmt: skip


def _count(finished: Sequence[Finished], complete_s: int) -> None:
    durations: dict[rollup.Key, list[int]] = defaultdict(list)
    for one in finished:
        key = rollup.minute_key(one.slot, one.service_id, one.exchange.status_code, one.exchange.failure, one.verdict)
        for each in (key, *rollup.late_keys(key, call_of(one.slot), complete_s)):
            durations[each].append(one.exchange.phases.total)
    rollup.insert({key: rollup.cell_of(totals) for key, totals in durations.items()})
