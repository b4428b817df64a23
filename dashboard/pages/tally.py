"""One pass over a selection: per service or per call, how often each class came, how fast, and when it went wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apiclient import report
from apiclient.catalogue import Category, CodeClass, Verdict, category_of, class_of
from apiclient.histogram import Histogram, merge, quantile
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from dashboard.charts import Slice

HOUR = 3600
MOST_SLICES = 48
WORST_FIRST = (Category.NO_RESPONSE, Category.SERVER_ERROR, Category.CLIENT_ERROR, Category.SUCCESS)


@dataclass(slots=True)
class Tally:
    """``slices`` are counts by category per slice of the range; ``histogram`` holds answers that came back whole."""

    slices: list[Counter[Category]]
    since: datetime
    slice_s: int
    classes: Counter[CodeClass] = field(default_factory=Counter)
    categories: Counter[Category] = field(default_factory=Counter)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    histogram: Histogram = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.verdicts.total()

    @property
    def failed_share(self) -> float:
        return self.verdicts[Verdict.FAILED] / self.total if self.total else 0.0

    @property
    def no_response_share(self) -> float:
        return self.categories[Category.NO_RESPONSE] / self.total if self.total else 0.0

    @property
    def p50_us(self) -> float | None:
        return quantile(self.histogram, 0.5)

    @property
    def p95_us(self) -> float | None:
        return quantile(self.histogram, 0.95)

    @property
    def p99_us(self) -> float | None:
        return quantile(self.histogram, 0.99)

    @property
    def strip(self) -> list[Slice]:
        """What charts.strip draws: the worst category of each slice."""
        return [self._slice(index, counts) for index, counts in enumerate(self.slices)]

    def _slice(self, index: int, counts: Counter[Category]) -> Slice:
        worst = next((category for category in WORST_FIRST if counts[category]), None)
        if worst is None:
            return Slice("", "")
        began = self.since + timedelta(seconds=self.slice_s * index)
        said = ", ".join(f"{counts[one]} {one.label.lower()}" for one in WORST_FIRST if counts[one])
        failed = 1 - counts[Category.SUCCESS] / counts.total()
        return Slice(str(worst), f"{began:%a %-d %b %H:%M} UTC: {said}", failed)

    def add(self, cell: report.Cell, index: int) -> None:
        category = category_of(cell.status_code)
        self.classes[class_of(cell.status_code)] += cell.count
        self.categories[category] += cell.count
        self.verdicts[Verdict(cell.verdict)] += cell.count
        self.slices[index][category] += cell.count
        if cell.status_code is not None:
            for bucket, count in (cell.histogram or {}).items():
                self.histogram[bucket] = self.histogram.get(bucket, 0) + count


def tally(selection: Selection, subject: str, step_s: int, keys: Iterable[int]) -> dict[int, Tally]:
    """A tally for each of these services or calls (``subject``), those without any outcome included."""
    slice_s = _slice_seconds(selection, step_s)
    first = selection.since_s // slice_s
    slices = -(-selection.until_s // slice_s) - first
    since = EPOCH + timedelta(seconds=first * slice_s)
    found = {key: Tally([Counter() for _ in range(slices)], since, slice_s) for key in keys}
    for cell in report.cells(selection, slice_s, subject=subject, histograms=True):
        if cell.subject in found:
            found[cell.subject].add(cell, cell.step - first)
    return found


def whole(tallies: Iterable[Tally]) -> Tally:
    """All of them added up; the strip is left empty."""
    total = Tally([], EPOCH, HOUR)
    for one in tallies:
        total.categories += one.categories
        total.verdicts += one.verdicts
        total.classes += one.classes
        total.histogram = merge(total.histogram, one.histogram)
    return total


def _slice_seconds(selection: Selection, step_s: int) -> int:
    """Whole hours where rollups of calls are read, and never more slices than a strip has room for."""
    span_s = selection.until_s - selection.since_s
    if span_s > report.RAW_SECONDS:
        step_s = max(step_s, HOUR)
    return step_s * -(-span_s // (step_s * MOST_SLICES))
