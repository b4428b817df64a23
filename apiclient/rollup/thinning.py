"""Short steps go first: what is kept of minutes, and of calls' quarter hours, and for how long."""

from django.db import transaction

from apiclient.models import Call, Rollup, Step
from apiclient.models.rollup import Closed
from apiclient.rollup.closed import lock

MINUTES_KEPT_S = 7 * 86_400
QUARTERS_KEPT_S = 2 * 86_400
"""Of calls, which are a thousand times as many; those of services stay as long as hours do."""


def thin(now_ms: int) -> int:
    """Delete short steps that are older than they are kept; how many rows went away.

    Once an hour. What may be read moves on first and is deleted the next time, so that no reader misses a cell.
    """
    closed = Closed.objects.first()
    if closed is None:
        return 0
    minutes_s, quarters_s = (_kept_from(now_ms, kept_s, closed) for kept_s in (MINUTES_KEPT_S, QUARTERS_KEPT_S))
    if minutes_s <= closed.minutes_from_s and quarters_s <= closed.quarters_from_s:
        return 0
    with transaction.atomic():
        lock(shared=True)  # not while a call is being taken out of the cells
        minutes = Rollup.objects.filter(step=Step.MINUTE, start_s__lt=closed.minutes_from_s)
        calls = list(Call.objects.values_list("pk", flat=True))
        quarters = Rollup.objects.filter(step=Step.QUARTER, start_s__lt=closed.quarters_from_s, call__pk__any_of=calls)
        gone = minutes._raw_delete(minutes.db) + quarters._raw_delete(quarters.db)
        Closed.objects.filter(pk=closed.pk).update(minutes_from_s=minutes_s, quarters_from_s=quarters_s)
    return gone


def _kept_from(now_ms: int, kept_s: int, closed: Closed) -> int:
    return min(now_ms // 1000 - kept_s, closed.until_s) // Step.HOUR * Step.HOUR
