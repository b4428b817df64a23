"""Hints looked at: which verdicts have changed, in the order of slots, and who is to be told.

A change is an outcome whose verdict differs from that of the outcome before it of the same call in the same location.
What arrives late counts where it belongs, unless a later change there has been told already.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from apiclient.catalogue import Verdict
from apiclient.models import Hint, Outcome, OutcomeDetail, Standing
from apiclient.models.block import between, newest_first
from apiclient.reason import is_waiting
from apiclient.slot import due_ms_of, first_slot
from apiclient.webhook.hint import Place, standings
from apiclient.webhook.outbox import enqueue

AT_ONCE = 500
AGAIN_MS = 15_000
"""After a change the place is looked at once more: a recorder that had not yet seen it left no hint of the next."""
MINUTE_MS = 60_000
LAST_SLOT = (1 << 63) - 1
DAY_MS = 86_400_000
WINDOWS_MS = (0, 2 * DAY_MS, 33 * DAY_MS)
"""PostgreSQL keeps a table for each day, so it looks where most are found first."""


class Change(NamedTuple):
    """At outcome ``slot`` the verdict became ``after``; ``before`` is None where there was no outcome before it."""

    slot: int
    location_id: int
    before: int | None
    after: int


def settle(now_ms: int) -> int:
    """Look at what hints wait, up to AT_ONCE of them: how many deliveries came of them.

    Two at a time wait for each other at the first hint.
    """
    with transaction.atomic():
        hints = list(Hint.objects.select_for_update().filter(look_ms__lte=now_ms).order_by("pk")[:AT_ONCE])
        if not hints:
            return 0
        begins: dict[Place, int] = {}
        for hint in hints:
            place = (hint.call_id, hint.location_id or 0)
            begins[place] = min(hint.slot, begins.get(place, hint.slot))
        enqueued = enqueue(_changes(begins, now_ms), now_ms)
        Hint.objects.filter(pk__in=[hint.pk for hint in hints]).delete()
        return enqueued


def is_hinted(now_ms: int) -> bool:
    """Whether there are hints to look at."""
    return Hint.objects.filter(look_ms__lte=now_ms).exists()


def _changes(hinted: dict[Place, int], now_ms: int) -> list[Change]:
    """What changed at these places since these slots; their standings are moved on."""
    known = standings({call_id for call_id, _ in hinted})
    begins: dict[Place, tuple[int, int | None]] = {}
    for place, slot in hinted.items():
        verdict, since = known.get(place, (None, 0))
        begins[place] = _begin(place, slot) if place not in known else (max(slot, since + 1), verdict)
    changes: list[Change] = []
    moved: dict[Place, tuple[int, int]] = {}
    found = _judged({place: slot for place, (slot, _) in begins.items()})
    waiting = _waiting([slot for judged in found.values() for slot, verdict in judged if verdict == Verdict.DEGRADED])
    for place, judged in found.items():
        begin, stands = begins[place]
        if place not in known and stands is not None:
            moved[place] = stands, begin
        for slot, verdict in judged:
            if slot in waiting:  # for its confirmation, which alone is told
                continue
            if verdict != stands and not (stands is None and verdict == Verdict.PASSED):
                changes.append(Change(slot, place[1], stands, verdict))
                moved[place] = verdict, slot
            stands = verdict
    _move(moved, now_ms)
    return changes


def _begin(place: Place, slot: int) -> tuple[int, int | None]:
    """Where to begin with a place that nobody has looked at yet, and the verdict before that.

    If it was failing before, and this is only now to be looked at, somebody has recorded it since the hints were read.
    """
    call_id, location_id = place
    hints = Hint.objects.filter(call=call_id, location=location_id).order_by("slot").values_list("slot", flat=True)
    while (stands := verdict_before(place, slot)) not in (None, Verdict.PASSED):
        earlier = hints.filter(slot__lt=slot).first()
        if earlier is None:
            break
        slot = earlier
    return slot, stands


def _judged(begins: dict[Place, int]) -> dict[Place, list[tuple[int, int]]]:
    """(slot, verdict) of the places' outcomes, oldest first, each from its own slot on.

    Asked for by the minute they begin in: one place that is looked at from long ago makes the others read no more.
    """
    by_minute: dict[int, dict[Place, int]] = defaultdict(dict)
    for place, slot in begins.items():
        by_minute[due_ms_of(slot) // MINUTE_MS][place] = slot
    found: dict[Place, list[tuple[int, int]]] = {place: [] for place in begins}
    for some in by_minute.values():
        rows = Outcome.objects.filter(
            between(min(some.values()), LAST_SLOT), call__pk__any_of={call for call, _ in some}
        )
        for slot, call_id, location_id, verdict in _columns(rows.order_by("id")):
            if slot >= some.get((call_id, location_id), LAST_SLOT):
                found[call_id, location_id].append((slot, verdict))
    return found


def _waiting(degraded: list[int]) -> set[int]:
    """Those of the degraded that are failures which a second call is to confirm."""
    found: set[int] = set()
    for start in range(0, len(degraded), AT_ONCE):
        rows = OutcomeDetail.objects.filter(pk__in=degraded[start : start + AT_ONCE]).exclude(checks=[])
        found |= {slot for slot, checks in rows.values_list("pk", "checks") if any(map(is_waiting, checks))}
    return found


def _columns(rows: QuerySet[Outcome]) -> Iterator[tuple[int, int, int, int]]:
    return rows.values_list("id", "call_id", "location_id", "verdict").iterator(5_000)


def verdict_before(place: Place, slot: int) -> int | None:
    """Of the newest outcome of the place that is older than the slot, None when there is none."""
    call_id, location_id = place
    rows = Outcome.objects.filter(call=call_id, location=location_id).order_by(*newest_first(of_one_call=True))
    ends = [first_slot(max(0, due_ms_of(slot) - back)) for back in WINDOWS_MS]
    for first, end in zip([*ends[1:], 0], [slot, *ends[1:]], strict=True):
        verdict = rows.filter(between(first, end)).values_list("verdict", flat=True).first() if first < end else None
        if verdict is not None:
            return int(verdict)
    return None


def _move(moved: dict[Place, tuple[int, int]], now_ms: int) -> None:
    Standing.objects.bulk_create(
        [
            Standing(call_id=call_id, location_id=location_id, verdict=verdict, since=since)
            for (call_id, location_id), (verdict, since) in moved.items()
        ],
        update_conflicts=True,
        unique_fields=["call", "location"],
        update_fields=["verdict", "since"],
    )
    Hint.objects.bulk_create(
        Hint(call_id=call_id, location_id=location_id, slot=since, look_ms=now_ms + AGAIN_MS)
        for (call_id, location_id), (_, since) in moved.items()
    )
