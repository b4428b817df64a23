"""One pass over a selection: per service or per call, how often each class came, how fast, and when it went wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from django.utils.timezone import localtime

from apiclient import report
from apiclient.catalogue import Category, CodeClass, Verdict, category_of, class_of
from apiclient.histogram import Histogram, add_up, merge, quantiles
from apiclient.models import Step
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from apiclient.source import has_minutes, has_quarters
from dashboard.charts import Slice

MOST_SLICES = 48
SHORT_SECONDS = 2 * 3600
SLICES = (60, 120, 300, Step.QUARTER, Step.HOUR, Step.SIX_HOURS, Step.DAY)
"""How long a slice may be, in seconds: what the spans of rollups fill with few rows, or less in a short range."""
WORST_FIRST = (Category.NO_RESPONSE, Category.SERVER_ERROR, Category.CLIENT_ERROR)
LOWER = {category: category.label.lower() for category in Category}
T = TypeVar("T")
FAILED = int(Verdict.FAILED)
NOTHING, CALM = Slice("", ""), Slice(str(Category.SUCCESS), "", 0.0)


Answer = tuple[int | None, int | None, int]
"""A code, or else a failure, and the verdict."""


@dataclass
class Tally:
    """``answers`` are counts by code, failure and verdict; ``stored`` the histograms of answers that came back whole,
    as rollups hold them. ``lines`` are the counts of each answer per slice of the range, which ``began`` so.
    """

    answers: Counter[Answer] = field(default_factory=Counter)
    stored: list[bytes] = field(default_factory=list)
    lines: dict[Answer, list[int]] = field(default_factory=dict)
    began: Sequence[str] = ()

    @cached_property
    def classes(self) -> Counter[CodeClass]:
        return _counted((class_of(code), number) for (code, _, _), number in self.answers.items())

    @cached_property
    def categories(self) -> Counter[Category]:
        return _counted((category_of(code), number) for (code, _, _), number in self.answers.items())

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        return _counted((Verdict(verdict), number) for (_, _, verdict), number in self.answers.items())

    @cached_property
    def histogram(self) -> Histogram:
        return add_up(self.stored)

    @property
    def total(self) -> int:
        return self.answers.total()

    @property
    def failed_share(self) -> float:
        return self.verdicts[Verdict.FAILED] / self.total if self.total else 0.0

    @property
    def no_response_share(self) -> float:
        return self.categories[Category.NO_RESPONSE] / self.total if self.total else 0.0

    @cached_property
    def latency_us(self) -> list[float | None]:
        """The quantiles 0.5, 0.95 and 0.99."""
        return quantiles(self.histogram, (0.5, 0.95, 0.99))

    @property
    def p95_us(self) -> float | None:
        return self.latency_us[1]

    @property
    def strip(self) -> list[Slice]:
        """What charts.strip draws: the worst category of each slice."""
        columns = self._by_category()
        calm = columns.pop(Category.SUCCESS, None) or [0] * len(self.began)
        loud = [(category, columns[category]) for category in WORST_FIRST if category in columns]
        if not loud:
            return [CALM if count else NOTHING for count in calm]
        return [_slice(began, index, calm[index], loud) for index, began in enumerate(self.began)]

    def _by_category(self) -> dict[Category, list[int]]:
        """Counts per slice of each category that came."""
        lines: dict[Category, list[list[int]]] = defaultdict(list)
        for (code, _, _), counts in self.lines.items():
            lines[category_of(code)].append(counts)
        return {category: _added(columns) for category, columns in lines.items()}

    @property
    def all_failed_since(self) -> str | None:
        """Since which slice nothing but failed verdicts came, in words; None where the last slices have others."""
        failed = _added([counts for (_, _, verdict), counts in self.lines.items() if verdict == FAILED])
        totals = _added(list(self.lines.values()))
        first = None
        for index in range(len(failed) - 1, -1, -1):
            if failed[index] < totals[index]:
                break
            if totals[index]:
                first = index
        return None if first is None else self.began[first] if first else f"before {self.began[0]}"


def _added(columns: Sequence[list[int]]) -> list[int]:
    return list(map(sum, zip(*columns, strict=True))) if len(columns) > 1 else [*columns[0]] if columns else []


def _slice(began: str, index: int, calm: int, loud: Sequence[tuple[Category, list[int]]]) -> Slice:
    found = [(category, number) for category, counts in loud if (number := counts[index])]
    if not found:  # the strip says nothing about successes
        return CALM if calm else NOTHING
    said = ", ".join([f"{number} {LOWER[category]}" for category, number in found])
    failed = sum([number for _, number in found])
    said = f"{began}: {said}, {calm} {LOWER[Category.SUCCESS]}" if calm else f"{began}: {said}"
    return Slice(found[0][0], said, failed / (failed + calm))


def _counted(pairs: Iterable[tuple[T, int]]) -> Counter[T]:
    counts: Counter[T] = Counter()
    for one, number in pairs:
        counts[one] += number
    return counts


def tally(selection: Selection, subject: str, step_s: int, keys: Iterable[int]) -> dict[int, Tally]:
    """A tally for each of these services or calls (``subject``), those without any outcome included."""
    slice_s = slice_seconds(selection, subject, step_s)
    first = selection.since_s // slice_s
    slices = -(-selection.until_s // slice_s) - first
    since = EPOCH + timedelta(seconds=first * slice_s)
    began = [_in_words(since + timedelta(seconds=slice_s * index)) for index in range(slices)]
    found = {key: Tally(began=began) for key in keys}
    for step, key, *answer, number, histogram in report.rows(selection, slice_s, subject=subject, histograms=True):
        if (one := found.get(key)) is not None:  # some thousand times: a call for each would cost as much as the rest
            kind = tuple(answer)
            if (line := one.lines.get(kind)) is None:
                line = one.lines[kind] = [0] * slices
            line[step - first] += number
            if answer[0] is not None:
                one.stored.append(histogram)
    for one in found.values():
        one.answers.update({kind: sum(line) for kind, line in one.lines.items()})
    return found


def counted(cells: Iterable[report.Cell]) -> Tally:
    """One tally of everything in these cells; the strip is left empty, here and below."""
    total = Tally()
    for _, _, code, failure, verdict, number, histogram in cells:
        total.answers[code, failure, verdict] += number
        if code is not None:
            total.stored.append(histogram)
    return total


def whole(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    total, tallies = Tally(), list(tallies)
    for one in tallies:
        total.answers.update(one.answers)
    total.histogram = merge(*(one.histogram for one in tallies))
    return total


def slice_seconds(selection: Selection, subject: str, step_s: int) -> int:
    """What the shortest steps of rollups make up, and never more slices than a strip has room for."""
    span_s = selection.until_s - selection.since_s
    slice_s = _shortest(span_s, max(step_s, Step.QUARTER) if span_s > SHORT_SECONDS else step_s)
    if span_s <= SHORT_SECONDS or slice_s >= Step.HOUR:
        return slice_s
    is_kept = has_quarters(selection) if subject == "call" else has_minutes(selection)
    return slice_s if is_kept else _shortest(span_s, Step.HOUR)


def _in_words(moment: datetime) -> str:
    return f"{localtime(moment):%a %-d %b %H:%M}"


def _shortest(span_s: int, least_s: int) -> int:
    longest = Step.DAY * -(-span_s // (Step.DAY * MOST_SLICES))
    return next((one for one in SLICES if one >= least_s and span_s <= one * MOST_SLICES), longest)
