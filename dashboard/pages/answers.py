"""Codes and failures over time, as the heatmap of a page draws them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import localtime

from apiclient.catalogue import CodeClass, Failure, class_of, lookup
from apiclient.report import Cell, Group, Series
from apiclient.slot import EPOCH
from dashboard.charts.heatmap import Href
from dashboard.pages.view import View

MOST_LINES = 16
CLASSES = list(CodeClass)
Answer = tuple[int | None, int | None]
"""A status code, or else a failure."""


@dataclass(frozen=True, slots=True)
class Line:
    """One code or failure: how often it came, as a part of all, and its outcomes; ``href`` those of one slice."""

    status_code: int | None
    failure: int | None
    message: str
    count: int
    share: float
    address: str
    href: Href


@dataclass(frozen=True, slots=True)
class Answers:
    """``series`` has a group per line, in the same order; ``whole`` also the ``more`` that are too rare for a line."""

    lines: list[Line]
    series: Series
    whole: Series
    more: int

    @property
    def totals(self) -> list[int]:
        """What came in each slice."""
        return [sum(column) for column in zip(*(group.counts for group in self.whole.groups), strict=True)]


def answers_of(view: View, cells: Iterable[Cell], slice_s: int) -> Answers:
    """Cells of the view's own step, put together in slices of so many seconds, a multiple of it."""
    counts = _counts(view, cells, slice_s)
    total = sum(map(sum, counts.values()))
    ordered = sorted(counts, key=_order)
    most = set(sorted(counts, key=lambda one: -sum(counts[one]))[:MOST_LINES])
    shown = [one for one in ordered if one in most]
    return Answers(
        lines=[_line(view, one, sum(counts[one]), total) for one in shown],
        series=_series(view, slice_s, {one: counts[one] for one in shown}),
        whole=_series(view, slice_s, {one: counts[one] for one in ordered}),
        more=len(ordered) - len(shown),
    )


def _counts(view: View, cells: Iterable[Cell], slice_s: int) -> dict[Answer, list[int]]:
    first, end = view.selection.since_s // slice_s, -(-view.selection.until_s // slice_s)
    counts: dict[Answer, list[int]] = defaultdict(lambda: [0] * (end - first))
    for step, _, code, failure, _, number, _ in cells:
        counts[code, failure][step * view.step_s // slice_s - first] += number
    return counts


def _order(answer: Answer) -> tuple[int, int, int]:
    code, failure = answer
    return CLASSES.index(class_of(code)), code or 0, failure or 0


def _line(view: View, answer: Answer, count: int, total: int) -> Line:
    code, failure = answer
    kind = Failure(failure) if failure else None
    word = {"failure": kind.slug} if kind else {"status_code": str(code)}
    message = lookup(code, kind).message
    return Line(code, failure, message, count, count / total, view.outcomes(**word), view.between(**word))


def _series(view: View, slice_s: int, counts: dict[Answer, list[int]]) -> Series:
    first = view.selection.since_s // slice_s
    length = max(map(len, counts.values()), default=0)
    times = [localtime(EPOCH + timedelta(seconds=(first + index) * slice_s)) for index in range(length + 1)]
    groups = [Group(str(class_of(answer[0])), _label(answer), each, sum(each)) for answer, each in counts.items()]
    return Series(times[0], times[-1], slice_s, times[:-1], groups, sum(group.total for group in groups))


def _label(answer: Answer) -> str:
    code, failure = answer
    message = lookup(code, Failure(failure) if failure else None).message
    return message if code is None else f"{code} {message}"
