"""Outcomes judged anew are counted under their new verdict, in the transaction that writes it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from apiclient.models import Rollup, Step
from apiclient.models.rollup import Closed
from apiclient.rollup.cell import Cell, Key, cell_of, insert, minute_key, stored
from apiclient.rollup.closed import closed, quarter_of
from apiclient.rollup.ladder import recount
from apiclient.slot import call_of


class Moved(NamedTuple):
    """One outcome, and its verdict ``before`` and ``after``; it is written already."""

    slot: int
    status_code: int
    total_us: int
    before: int
    after: int


def move(service_id: int, moved: Sequence[Moved]) -> None:
    """Put outcomes of one service under other verdicts in all cells. The caller holds the lock alone."""
    now = closed()
    _move_minutes(service_id, moved, now)
    quarters: dict[int, set[int]] = defaultdict(set)
    for one in moved:
        if quarter_of(one.slot) < now.until_s:
            quarters[quarter_of(one.slot)].add(call_of(one.slot))
    recount(quarters)


def _move_minutes(service_id: int, moved: Sequence[Moved], now: Closed) -> None:
    totals: dict[tuple[Key, Key], list[int]] = defaultdict(list)
    for one in moved:
        old = minute_key(one.slot, service_id, one.status_code, None, one.before)
        if old.start_s >= now.minutes_from_s:
            totals[old, old._replace(verdict=one.after)].append(one.total_us)
    minutes = {old.start_s for old, _ in totals}
    rows = Rollup.objects.filter(step=Step.MINUTE, service=service_id, call=None, start_s__in=minutes)
    ids = list(rows.values_list("pk", flat=True))
    cells: defaultdict[Key, Cell] = defaultdict(Cell, stored(rows))
    for (old, new), some in totals.items():
        part = cell_of(some)
        cells[old].take_away(part)
        cells[new].add_all(part.count, part.histogram)
    gone = rows.filter(pk__any_of=ids)
    gone._raw_delete(gone.db)
    insert({key: cell for key, cell in cells.items() if cell.count})
