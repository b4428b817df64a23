"""Merge the cells that were inserted with outcomes, many for one minute, into one per key."""

from django.db import transaction
from django.db.models import Count

from apiclient.models import Rollup, Step
from apiclient.rollup.cell import insert, stored
from apiclient.rollup.closed import lock

FOLD_AFTER_S = 5
"""Past the end of a minute. Later outcomes of it bring more cells, which the next fold merges."""
FOLD_SPAN_S = 86_400
"""Older minutes are left as they are, since looking at all of them would take longer every day."""


def fold(now_ms: int) -> int:
    """Merge the cells of each past minute into one per key; how many rows went away."""
    until_s = now_ms // 1000 - FOLD_AFTER_S - Step.MINUTE
    minutes = (
        Rollup.objects.filter(step=Step.MINUTE, start_s__gt=until_s - FOLD_SPAN_S, start_s__lte=until_s)
        .values("start_s", "service_id", "status_code", "failure", "verdict")
        .annotate(rows=Count("id"))
        .filter(rows__gt=1)
        .values_list("start_s", flat=True)
    )
    return sum(_fold_minute(start_s) for start_s in sorted(set(minutes)))


def _fold_minute(start_s: int) -> int:
    with transaction.atomic():
        lock(shared=True)  # not while a call is being taken out of the cells
        rows = Rollup.objects.filter(step=Step.MINUTE, start_s=start_s)
        ids = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        cells = stored(rows.filter(pk__any_of=ids))
        # Two folds at once: the second finds the rows gone and leaves the minute alone.
        deleted = rows.filter(pk__any_of=ids)._raw_delete(rows.db)
        if deleted == len(ids):
            insert(cells)
            return deleted - len(cells)
        transaction.set_rollback(True)
        return 0
