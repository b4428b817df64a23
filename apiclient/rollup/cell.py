"""One cell: a count and a histogram of equal answers in one span; how cells are written, read and added up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import QuerySet

from apiclient.histogram import Histogram, add_up, bucket, encode, merge
from apiclient.models import Rollup, Step
from apiclient.models.bulk import insert_rows
from apiclient.slot import due_ms_of


class Key(NamedTuple):
    """What one cell counts: the whole service where ``call_id`` is None, everything where ``service_id`` is too."""

    step: int
    service_id: int | None
    call_id: int | None
    start_s: int
    status_code: int | None
    failure: int | None
    verdict: int


@dataclass(slots=True)
class Cell:
    """A count and its histogram of total times in microseconds."""

    count: int = 0
    histogram: Histogram = field(default_factory=dict)

    def add(self, total_us: int) -> None:
        index = bucket(total_us)
        self.count += 1
        self.histogram[index] = self.histogram.get(index, 0) + 1

    def add_all(self, count: int, histogram: Histogram) -> None:
        self.count += count
        self.histogram = merge(self.histogram, histogram)

    def take_away(self, other: "Cell") -> None:
        self.count -= other.count
        left = {number: times - other.histogram.get(number, 0) for number, times in self.histogram.items()}
        self.histogram = {number: times for number, times in left.items() if times}


Cells = Mapping[Key, Cell]


def minute_key(slot: int, service_id: int, status_code: int | None, failure: int | None, verdict: int) -> Key:
    """The cell of the minute that this outcome adds to."""
    start_s = due_ms_of(slot) // 60_000 * 60
    return Key(Step.MINUTE, service_id, None, start_s, status_code, failure, verdict)


def cell_of(totals_us: Iterable[int]) -> Cell:
    """One cell that counts these total times in microseconds."""
    buckets = Counter(map(bucket, totals_us))
    return Cell(buckets.total(), dict(buckets))


COLUMNS = (*Key._fields, "count", "histogram")


def insert(cells: Cells) -> None:
    """Add cells to what is there."""
    insert_rows(Rollup, COLUMNS, ((*key, cell.count, encode(cell.histogram)) for key, cell in cells.items()))


def stored(rows: QuerySet[Rollup], **instead: int | None) -> dict[Key, Cell]:
    """The cells of these rows, those of the same key added up once the parts of it in ``instead`` are replaced."""
    counts: defaultdict[Key, int] = defaultdict(int)
    histograms: defaultdict[Key, list[bytes]] = defaultdict(list)
    places = [(Key._fields.index(name), value) for name, value in instead.items()]
    for *parts, count, data in rows.values_list(*COLUMNS):
        for place, value in places:
            parts[place] = value
        key = Key(*parts)
        counts[key] += count
        histograms[key].append(bytes(data))
    return {key: Cell(count, add_up(histograms[key])) for key, count in counts.items()}


def of_services(cells: Cells) -> dict[Key, Cell]:
    """Cells of calls added up by service."""
    return _summed((key._replace(call_id=None), cell) for key, cell in cells.items())


def of_everything(cells: Cells) -> dict[Key, Cell]:
    """Cells of services added up."""
    return _summed((key._replace(service_id=None), cell) for key, cell in cells.items())


def _summed(cells: Iterable[tuple[Key, Cell]]) -> dict[Key, Cell]:
    total: defaultdict[Key, Cell] = defaultdict(Cell)
    for key, cell in cells:
        total[key].add_all(cell.count, cell.histogram)
    return dict(total)
