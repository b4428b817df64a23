"""Hints that a verdict has changed, left by whoever records outcomes, in the same transaction."""

from collections.abc import Collection, Iterable

from apiclient.catalogue import Verdict
from apiclient.clock import now_ms
from apiclient.models import Hint, Standing, Webhook
from apiclient.slot import call_of, first_slot

NEWS_MS = 3_600_000
"""What was due longer ago when it is recorded is history: nobody is told of it."""
PASSED = Verdict.PASSED

Place = tuple[int, int]
"""A call in a location."""


def leave_hints(judged: Iterable[tuple[int, int, int]]) -> None:
    """Note where (slot, location, verdict) is another verdict than what is known of the place.

    Costs one look at an empty table while nobody listens, one more at a short one while somebody does. No row is
    locked, so that two recorders never wait for each other.
    """
    if not Webhook.objects.filter(enabled=True).exists():
        return
    judged = list(judged)
    known = standings({call_of(slot) for slot, _, _ in judged})
    oldest = first_slot(now_ms() - NEWS_MS)
    first: dict[Place, int] = {}
    for slot, location_id, verdict in judged if known else (one for one in judged if one[2] != PASSED):
        place = (call_of(slot), location_id)
        stands, since = known.get(place, (PASSED, oldest))
        if verdict != stands and slot > max(since, oldest):
            first[place] = min(slot, first.get(place, slot))
    Hint.objects.bulk_create(
        Hint(call_id=call_id, location_id=location_id, slot=slot) for (call_id, location_id), slot in first.items()
    )


def standings(call_ids: Collection[int]) -> dict[Place, tuple[int, int]]:
    """(verdict, since) of the calls' places that have a row, perhaps of others too.

    Most often there are fewer rows than calls, and all of them are read sooner than thousands of ids are understood.
    """
    rows = Standing.objects.values_list("call_id", "location_id", "verdict", "since")
    found = list(rows[: len(call_ids) + 1])
    if len(found) > len(call_ids):
        found = list(rows.filter(call__pk__any_of=call_ids))
    return {(call_id, location_id): (verdict, since) for call_id, location_id, verdict, since in found}
