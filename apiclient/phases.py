"""Where the time of a call went: the mean of each phase over time, read from the outcomes themselves.

Rollups hold no phases. On PostgreSQL each outcome of a call lies in a place of its own, so no more of them are read
than there is time for: where the range holds more, whole blocks (see apiclient.models.block) at even distances do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import add

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.lookups import In

from apiclient.clock import now_ms
from apiclient.models import Outcome
from apiclient.models.block import BLOCK_BITS, block
from apiclient.recall import recall
from apiclient.report import STEPS, Group, Series
from apiclient.selection import Selection
from apiclient.slot import CALL_BITS, EPOCH, first_slot, from_ms
from apiclient.source import known

LABELS = {"dns": "DNS", "connect": "Connect", "tls": "TLS", "wait": "Wait", "transfer": "Transfer"}
"""The phases in their order."""
STORED = ("dns", "connect", "tls", "wait", "total")
MOST_ROWS = 6_000
BLOCK_S = (1 << BLOCK_BITS - CALL_BITS) // 1000
Sums = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``series`` holds a group per phase: mean milliseconds per step, None where nothing was read.

    ``every_s`` is how far apart, in seconds, the blocks of ``BLOCK_S`` seconds lie that were read; 0 where all was.
    """

    series: Series
    every_s: int


def breakdown(selection: Selection, step_s: int, number: int) -> Breakdown:
    """Of the answers that came back whole, unless failures are asked for, to at most twenty calls.

    ``number`` is how many outcomes the selection has, about. Its steps are longer than ``step_s`` where something is
    read in each of them only so.
    """
    apart = -(-number // MOST_ROWS) or 1
    every_s = 0 if apart == 1 else apart * BLOCK_S
    step_s = next((step for step in STEPS.values() if step >= max(step_s, every_s)), max(STEPS.values()))
    selection = selection.whole(step_s)
    first, length = selection.since_s // step_s, (selection.until_s - selection.since_s) // step_s
    steps: list[Sums | None] = [None] * length
    for bar, *sums in _rows(selection, step_s, apart):
        there = steps[bar - first]
        steps[bar - first] = tuple(map(add, there, sums)) if there else tuple(sums)
    return Breakdown(_series(selection, step_s, steps), every_s)


def _rows(selection: Selection, step_s: int, apart: int) -> Iterator[tuple[int, ...]]:
    """Step, number and sums of the phases; what is closed is remembered."""
    closed, now = known(), first_slot(now_ms()) >> BLOCK_BITS
    middle = min(max(from_ms(closed.until_s * 1000), selection.since), selection.until)
    if over := replace(selection, until=middle) if selection.since < middle else None:
        question = ("phases", over, step_s, apart, now)
        yield from recall.ask(closed.version, question, lambda: _read(over, step_s, apart, now))
    if middle < selection.until:
        yield from _read(replace(selection, since=middle), step_s, apart, now)


def _read(selection: Selection, step_s: int, apart: int, now: int) -> QuerySet[Outcome, tuple[int, ...]]:
    found = Outcome.objects.filter(selection.outcomes())
    if not selection.asks_for_failures:
        found = found.filter(status_code__isnull=False)
    if apart > 1:
        found = found.filter(_blocks(selection, apart, now))
    named = found.annotate(bar=F("id") / first_slot(step_s * 1000)).values_list("bar")
    return named.annotate(Count("id"), *(Sum(f"{phase}_us") for phase in STORED)).order_by()


def _blocks(selection: Selection, apart: int, now: int) -> Q:
    """One block in so many of the span, and the one that is filled now: people look at a chart's end."""
    first, last = (first_slot(second * 1000) >> BLOCK_BITS for second in (selection.since_s, selection.until_s))
    return Q(In(block(), [one for one in range(first, last + 1) if one % apart == 0 or one == now]))


def _series(selection: Selection, step_s: int, steps: list[Sums | None]) -> Series:
    columns = [_means([sums]) if sums else [None] * len(LABELS) for sums in steps]
    whole = _means(sums for sums in steps if sums)
    groups = [
        Group(key, label, [column[place] for column in columns], whole[place])
        for place, (key, label) in enumerate(LABELS.items())
    ]
    times = [EPOCH + timedelta(seconds=second) for second in range(selection.since_s, selection.until_s, step_s)]
    return Series(selection.since, selection.until, step_s, times, groups, sum(sums[0] for sums in steps if sums))


def _means(parts: Iterable[Sums]) -> list[float | None]:
    """Milliseconds of each phase; transfer is what the others leave of the total."""
    added = [sum(column) for column in zip(*parts, strict=True)]
    if not added:
        return [None] * len(LABELS)
    number, *measured, total = added
    return [max(0, us) / number / 1000 for us in (*measured, total - sum(measured))]
