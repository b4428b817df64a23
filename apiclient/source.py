"""Where an answer is read: from which steps of the rollups, and where none fits, from the outcomes themselves."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple

from apiclient.models import Step
from apiclient.models.pruned import complete_from_s
from apiclient.models.rollup import Closed
from apiclient.rollup.closed import closed
from apiclient.selection import Selection

Scope = Literal["call", "service", "everything"]
"""Whose cells are read. Those of everything serve a question that names nothing."""
FOREVER_S = 1 << 40
RAW_SECONDS = 6 * 3600
"""The longest span of minutes no longer kept that is counted from the outcomes of all calls."""
RAW_CALLS = 20


class Source(NamedTuple):
    """Where one stretch of a span is read: ``step`` None means the outcomes themselves."""

    step: int | None
    since_s: int
    until_s: int


_looks: ContextVar[list[Closed] | None] = ContextVar("_looks", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """What is closed is looked up once for all that is asked inside, which so also agrees."""
    token = _looks.set([])
    try:
        yield
    finally:
        _looks.reset(token)


def known() -> Closed:
    """What is closed, as it was looked up for this question."""
    looks = _looks.get()
    if looks is None:
        return closed()
    if not looks:
        looks.append(closed())
    return looks[0]


def scope_of(selection: Selection, subject: str = "") -> Scope:
    """The coarsest scope that still tells apart what the selection and the subject of the cells name."""
    if subject == "call" or selection.calls:
        return "call"
    return "service" if subject == "service" or selection.services else "everything"


def sources(selection: Selection, step_s: int | None, scope: Scope, closed: Closed | None = None) -> list[Source]:
    """What a span is read from, in order, without a gap or an overlap: the longest steps that fit into ``step_s``."""
    if selection.q:
        return [Source(None, selection.since_s, selection.until_s)]
    kept = _kept(closed or known(), scope)
    steps = [step for step in sorted(kept, reverse=True) if (step_s or 0) % step == 0]
    return list(_cover(selection.since_s, selection.until_s, steps, kept))


def parted(rolled: Iterable[Source], end_s: int) -> tuple[list[Source], list[Source]]:
    """What of these stretches lies before a moment, and what after it."""
    over = [one._replace(until_s=min(one.until_s, end_s)) for one in rolled if one.since_s < end_s]
    lasting = [one._replace(since_s=max(one.since_s, end_s)) for one in rolled if one.until_s > end_s]
    return over, lasting


def has_minutes(selection: Selection) -> bool:
    """Whether steps below a quarter hour are kept for the span, or few enough outcomes to count them."""
    if selection.since_s >= known().minutes_from_s:
        return True
    few = selection.until_s - selection.since_s <= RAW_SECONDS or 0 < len(selection.calls) <= RAW_CALLS
    return few and selection.since_s >= complete_from_s()


def has_quarters(selection: Selection) -> bool:
    """Whether quarter hours of calls are kept for the span."""
    return selection.since_s >= known().quarters_from_s


def _kept(closed: Closed, scope: Scope) -> dict[int, tuple[int, int]]:
    """From when until when each step can be read."""
    kept = {int(step): (0, closed.until_s) for step in Step}
    kept[Step.MINUTE] = (closed.minutes_from_s, FOREVER_S)
    if scope == "call":
        del kept[Step.MINUTE]
        kept[Step.QUARTER] = (closed.quarters_from_s, closed.until_s)
    return kept


def _cover(since_s: int, until_s: int, steps: list[int], kept: dict[int, tuple[int, int]]) -> Iterator[Source]:
    if since_s >= until_s:
        return
    if not steps:
        yield Source(None, since_s, until_s)
        return
    step, *shorter = steps
    first_s, end_s = kept[step]
    low, high = -(-max(since_s, first_s) // step) * step, min(until_s, end_s) // step * step
    if low >= high:
        yield from _cover(since_s, until_s, shorter, kept)
        return
    yield from _cover(since_s, low, shorter, kept)
    yield Source(step, low, high)
    yield from _cover(high, until_s, shorter, kept)
