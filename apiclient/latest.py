"""The newest outcome of each call, and the outcomes before and after one.

Asked by every page and for any number of calls, of which most ran a moment ago and some a year ago. PostgreSQL keeps a
table for each day, and looking into hundreds of them takes long, so it looks where most are found first; what is not
among the last days the hourly cells of the call know the hour of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from apiclient.catalogue import Verdict
from apiclient.clock import now_ms
from apiclient.models import Call, Outcome, Rollup, Step
from apiclient.models.block import BLOCK_BITS, between, newest_first
from apiclient.models.bulk import array
from apiclient.models.pruned import complete_from_s
from apiclient.rollup import closed_until_s
from apiclient.slot import CALL_MASK, call_of, due_ms_of, first_slot

DAY_MS = 86_400_000
NEAR_MS = 2 * DAY_MS
WIDER_MS = 33 * DAY_MS
FEW_CALLS = 20
MOST_PARTS = 100
PART = (
    "SELECT call_id, max(id) FROM apiclient_outcome WHERE call_id = ANY(%s) AND id >= %s AND id < %s "
    "AND id >> 44 BETWEEN %s AND %s GROUP BY call_id"
)
RECENT = (
    "SELECT max(id) FROM (SELECT id, (id & %s)::integer AS call FROM apiclient_outcome WHERE id >= %s "
    "ORDER BY id DESC LIMIT %s) AS recent WHERE call = ANY(%s::integer[]) GROUP BY call"
)
MOST_RECENT = 4_000
RECENT_ANSWERS = """
    WITH recent AS MATERIALIZED (
        SELECT id, call_id, status_code, failure, verdict FROM apiclient_outcome WHERE id >= %s
        ORDER BY id DESC LIMIT (SELECT greatest(%s, 2 * count(*)) FROM apiclient_call)
    ), newest AS (SELECT DISTINCT ON (call_id) * FROM recent ORDER BY call_id, id DESC)
    SELECT call.service_id, status_code, failure, verdict, count(*), count(*) FILTER (WHERE enabled), max(newest.id),
        CASE WHEN verdict IS NULL THEN array_agg(call.id) END
    FROM apiclient_call AS call LEFT JOIN newest ON newest.call_id = call.id
    WHERE %s::integer[] IS NULL OR call.service_id = ANY(%s::integer[]) GROUP BY 1, 2, 3, 4
"""
LAST_SLOT = (1 << 63) - 1


class Latest(NamedTuple):
    """How many calls of a service answered so last, ``running`` of them not paused.

    ``newest`` is the youngest of these outcomes.
    """

    service_id: int
    status_code: int | None
    failure: int | None
    verdict: int
    calls: int
    running: int
    newest: int


def latest_answers(services: frozenset[int] | None = None) -> dict[int, list[Latest]]:
    """What the calls of each service, or of each of these, answered last, grouped by answer.

    Two groups may be of the same answer.
    """
    names = ("call__service_id", "status_code", "failure", "verdict")
    found: dict[int, list[Latest]] = defaultdict(list)
    recent, others = _recent_answers(services)
    for one in recent:
        found[one.service_id].append(one)
    for rows in _outcomes(_newest(others).values()):
        running = Count("id", filter=Q(call__enabled=True))
        for row in rows.order_by().values_list(*names).annotate(calls=Count("id"), running=running, newest=Max("id")):
            found[row[0]].append(Latest(*row))
    return found


def _recent_answers(services: frozenset[int] | None) -> tuple[list[Latest], set[int]]:
    """What can be told from the newest outcomes of all calls in one question, and the calls that are not among them."""
    if connection.vendor != "postgresql":
        wanted = Call.objects.all() if services is None else Call.objects.filter(service__in=services)
        return [], set(wanted.order_by().values_list("pk", flat=True))
    which = None if services is None else array(services)
    with connection.cursor() as cursor:
        cursor.execute(RECENT_ANSWERS, [first_slot(now_ms() - NEAR_MS), MOST_RECENT, which, which])
        rows = cursor.fetchall()
    others = {call_id for *_, calls in rows for call_id in calls or ()}
    return [Latest(*row) for *row, calls in rows if calls is None], others


def latest_outcomes(call_ids: Iterable[int]) -> dict[int, Outcome]:
    """The newest outcome of each call that has one."""
    return {outcome.call_id: outcome for rows in _outcomes(_newest(set(call_ids)).values()) for outcome in rows}


def _newest(wanted: set[int]) -> dict[int, int]:
    """The id of the newest outcome of each call that has one."""
    if connection.vendor != "postgresql":
        return _newest_of_each(wanted, 0)
    open_ms = closed_until_s() // Step.HOUR * Step.HOUR * 1000
    newest = _among_the_newest(wanted) if len(wanted) > FEW_CALLS else {}
    newest |= _newest_of_each(wanted - newest.keys(), min(open_ms, now_ms() - NEAR_MS))
    return newest | _newest_by_hour(_newest_hours(wanted - newest.keys()))


def before(outcome: Outcome) -> int | None:
    """The id of the outcome of the same call before this one."""
    due_ms, ids = due_ms_of(outcome.id), _ids(outcome.call_id)
    ends = [outcome.id, first_slot(due_ms - NEAR_MS), first_slot(due_ms - WIDER_MS), 0]
    found = (ids.filter(between(first, end)).first() for end, first in pairwise(ends))
    return next(filter(None, found), None)


def after(outcome: Outcome) -> int | None:
    """The id of the outcome of the same call after this one."""
    due_ms, ids = due_ms_of(outcome.id), _ids(outcome.call_id).reverse()
    ends = [outcome.id + 1, first_slot(due_ms + NEAR_MS), first_slot(due_ms + WIDER_MS), LAST_SLOT]
    found = (ids.filter(between(first, end)).first() for first, end in pairwise(ends))
    return next(filter(None, found), None)


def _ids(call_id: int) -> QuerySet[Outcome, int]:
    rows = Outcome.objects.filter(call=call_id).order_by(*newest_first(of_one_call=True))
    return rows.values_list("pk", flat=True)


def _among_the_newest(call_ids: set[int]) -> dict[int, int]:
    """Among thousands of outcomes of all calls, from the end of the primary key alone: an id holds its call."""
    most = max(MOST_RECENT, 2 * len(call_ids))
    with connection.cursor() as cursor:
        cursor.execute(RECENT, [CALL_MASK, first_slot(now_ms() - NEAR_MS), most, array(call_ids)])
        return {call_of(slot): slot for (slot,) in cursor.fetchall()}


def _newest_of_each(call_ids: set[int], since_ms: int) -> dict[int, int]:
    """One step into the index per call: grouping would read every outcome they ever had."""
    if not call_ids:
        return {}
    rows = Outcome.objects.filter(call=OuterRef("pk"), id__gte=first_slot(since_ms))
    newest = Subquery(rows.order_by(*newest_first(of_one_call=True)).values("id")[:1])
    calls = Call.objects.filter(pk__any_of=call_ids).order_by().annotate(newest=newest)
    return {call_id: slot for call_id, slot in calls.values_list("pk", "newest") if slot is not None}


def _newest_hours(call_ids: set[int]) -> dict[int, list[int]]:
    """The closed hours (seconds since 2020) in which calls ran last, with those calls.

    Of hours that pruning has left incomplete only those count in which something did not pass.
    """
    if not call_ids:
        return {}
    kept = Q(start_s__gte=complete_from_s()) | ~Q(verdict=Verdict.PASSED)
    cells = Rollup.objects.filter(kept, call=OuterRef("pk"), step=Step.HOUR).order_by("-start_s")
    calls = Call.objects.filter(pk__any_of=call_ids).order_by().annotate(hour=Subquery(cells.values("start_s")[:1]))
    hours: dict[int, list[int]] = defaultdict(list)
    for call_id, hour in calls.values_list("pk", "hour"):
        if hour is not None:
            hours[hour].append(call_id)
    return hours


def _newest_by_hour(hours: dict[int, list[int]]) -> dict[int, int]:
    """Each hour is a part of its own of the question, so that it is asked of its own day's table only."""
    newest: dict[int, int] = {}
    parts = iter(hours.items())
    while some := list(islice(parts, MOST_PARTS)):
        places = [(calls, first_slot(hour * 1000), first_slot((hour + Step.HOUR) * 1000)) for hour, calls in some]
        blocks = [(*place, place[1] >> BLOCK_BITS, place[2] >> BLOCK_BITS) for place in places]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([PART] * len(some)), [value for block in blocks for value in block])
            newest.update(cursor.fetchall())
    return newest


def _outcomes(ids: Iterable[int]) -> Iterator[QuerySet[Outcome]]:
    """The few old ones apart: every day that one of them is of is searched for each of the ids asked along with it."""
    near = first_slot(now_ms() - NEAR_MS)
    for some in ({pk for pk in ids if pk >= near}, {pk for pk in ids if pk < near}):
        if some:
            yield Outcome.objects.filter(pk__any_of=some)
