"""Failures that a second call is to confirm: until then the first is degraded, and nobody is told.

The second call stands in a batch of its own before the first is readable, so that no crash loses it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from apiclient.catalogue import Verdict
from apiclient.models import Batch, Due
from apiclient.opening import TIMEOUT_GROUP_MS, Group, free_slot, make_batches
from apiclient.slot import call_of, due_ms_of
from apiclient.webhook.change import verdict_before


class Doubt(NamedTuple):
    """A failure that counts once a second call, ``after_s`` later, fails too."""

    slot: int
    location_id: int
    after_s: int
    timeout_ms: int


def ask(doubts: Iterable[Doubt], now_ms: int) -> set[int]:
    """The slots whose failure waits for confirmation; the second calls are in batches then. In a transaction.

    Where the call was failing before, nothing is left to be confirmed. Where a second call is under way, it decides.
    """
    doubts = sorted(doubts)
    calls = {call_of(doubt.slot) for doubt in doubts}
    # Two recorders with failures of one call wait for each other, so that one of them asks.
    list(Due.objects.select_for_update().filter(call__in=calls).order_by("pk"))
    asked = _under_way()
    waiting: set[int] = set()
    opened: dict[tuple[int, Group], list[int]] = defaultdict(list)
    for doubt in doubts:
        place = (call_of(doubt.slot), doubt.location_id)
        if place not in asked and verdict_before(place, doubt.slot) == Verdict.FAILED:
            continue
        waiting.add(doubt.slot)
        if place not in asked:
            asked.add(place)
            slot = free_slot(place[0], max(now_ms, due_ms_of(doubt.slot)) + doubt.after_s * 1000)
            opened[due_ms_of(slot), (doubt.location_id, doubt.timeout_ms // TIMEOUT_GROUP_MS)].append(slot)
    for (due_ms, group), slots in opened.items():
        make_batches({group: slots}, due_ms, confirms=True)
    return waiting


def due_now(now_ms: int, for_ms: int) -> list[int]:
    """The batches of second calls whose moment came within the last ``for_ms``, and which no worker has taken."""
    rows = Batch.objects.filter(confirms=True, token__isnull=True, created_ms__gt=now_ms - for_ms)
    return list(rows.filter(created_ms__lte=now_ms).order_by("pk").values_list("pk", flat=True))


def _under_way() -> set[tuple[int, int]]:
    rows: Sequence[tuple[list[int], int]] = list(
        Batch.objects.filter(confirms=True).values_list("slots", "location_id")
    )
    return {(call_of(slot), location_id) for slots, location_id in rows for slot in slots}
