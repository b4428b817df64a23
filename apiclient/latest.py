"""The newest outcome of each call, and the outcomes before and after one.

Asked by every page and for any number of calls, of which most ran a moment ago and some a year ago. So it is looked
where it is cheap first, and through everything only for what was not found there.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from apiclient.clock import now_ms
from apiclient.models import Call, Outcome
from apiclient.models.block import between, newest_first
from apiclient.slot import call_of, due_ms_of, first_slot

NEAR_MS = 2 * 86_400_000
FEW_CALLS = 20
LAST_SLOT = (1 << 63) - 1


def latest_outcomes(call_ids: Iterable[int]) -> dict[int, Outcome]:
    """The newest outcome of each call that has one."""
    wanted = set(call_ids)
    newest: dict[int, int] = {}
    if connection.vendor == "postgresql":
        if len(wanted) > FEW_CALLS:
            newest = _among_the_newest(wanted)
        newest |= _newest_of_each(wanted - newest.keys(), now_ms() - NEAR_MS)
    newest |= _newest_of_each(wanted - newest.keys(), 0)
    return {outcome.call_id: outcome for outcome in Outcome.objects.filter(pk__any_of=newest.values())}


def before(outcome: Outcome) -> int | None:
    """The id of the outcome of the same call before this one."""
    near = first_slot(due_ms_of(outcome.id) - NEAR_MS)
    ids = _ids(outcome.call_id)
    return ids.filter(between(near, outcome.id)).first() or ids.filter(between(0, near)).first()


def after(outcome: Outcome) -> int | None:
    """The id of the outcome of the same call after this one."""
    near = first_slot(due_ms_of(outcome.id) + NEAR_MS)
    ids = _ids(outcome.call_id).reverse()
    return ids.filter(between(outcome.id + 1, near)).first() or ids.filter(between(near, LAST_SLOT)).first()


def _ids(call_id: int) -> QuerySet[Outcome, int]:
    rows = Outcome.objects.filter(call=call_id).order_by(*newest_first(of_one_call=True))
    return rows.values_list("pk", flat=True)


def _among_the_newest(call_ids: set[int]) -> dict[int, int]:
    """Two for each call, from the end of the primary key alone: an id holds its call."""
    newest: dict[int, int] = {}
    recent = Outcome.objects.filter(id__gte=first_slot(now_ms() - NEAR_MS)).order_by("-id").values_list("id", flat=True)
    for slot in recent[: 2 * len(call_ids)]:
        newest.setdefault(call_of(slot), slot)
    return {call_id: slot for call_id, slot in newest.items() if call_id in call_ids}


def _newest_of_each(call_ids: set[int], since_ms: int) -> dict[int, int]:
    """One step into the index per call: grouping would read every outcome they ever had."""
    if not call_ids:
        return {}
    rows = Outcome.objects.filter(call=OuterRef("pk"), id__gte=first_slot(since_ms))
    newest = Subquery(rows.order_by(*newest_first(of_one_call=True)).values("id")[:1])
    calls = Call.objects.filter(pk__any_of=call_ids).order_by().annotate(newest=newest)
    return {call_id: slot for call_id, slot in calls.values_list("pk", "newest") if slot is not None}
