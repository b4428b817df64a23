"""Small pictures for table rows: a status strip, one cell per slice of time, and a sparkline."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from dashboard.charts import hatch
from dashboard.charts.svg import element, number, title

CELL = 6
GAP = 1
TALL = 18
SPARK_TALL = 20
LEAST_SHARE = 1 / 3


class Slice(NamedTuple):
    """The worst category of a slice of time, '' where nothing happened, and what is said about it.

    ``share`` is how much of it was not a success, 0 to 1: the cell is filled that far, so that a stray error does
    not look like an outage. It is never filled by less than a third.
    """

    key: str
    words: str
    share: float = 1.0


def strip(slices: Sequence[Slice], name: str) -> str:
    """Cells from left to right. Successes are one path without words, so that a page of strips stays small."""
    calm, empty = [], []
    loud: dict[str, list[str]] = {}
    for index, one in enumerate(slices):
        if not one.key:
            empty.append(_box(index, 3, TALL - 3))
            continue
        calm.append(_box(index, TALL))
        if one.key != "success":
            loud.setdefault(one.key, []).append(_loud(index, one))
    parts = [
        element("path", d="".join(empty), class_="k-empty") if empty else "",
        element("path", d="".join(calm), class_="k-2xx", fill=hatch.fill("success")) if calm else "",
        *(f'<g fill="{hatch.fill(key)}">{"".join(cells)}</g>' for key, cells in loud.items()),
    ]
    wide = max(1, len(slices)) * CELL - GAP
    return element(
        "svg", title(name), *parts, class_="strip", role="img", viewBox=f"0 0 {wide} {TALL}",
        preserveAspectRatio="none", width="100%", height=TALL,
    )  # fmt: skip


def _loud(index: int, one: Slice) -> str:
    # A page may hold a thousand of these: what needs no escaping is not escaped.
    box = _box(index, round(TALL * max(LEAST_SHARE, one.share)))
    return f'<path d="{box}">{title(one.words)}</path>'


@lru_cache(maxsize=4096)
def _box(index: int, tall: float, top: int = 0) -> str:
    return f"M{index * CELL} {top}h{CELL - GAP}v{number(tall)}h-{CELL - GAP}z"


def sparkline(counts: Sequence[int], name: str, key: str) -> str:
    """Bars without axes, scaled to their own highest."""
    most = max(counts, default=0) or 1
    bars = [
        f"M{index * 3} {SPARK_TALL}v-{number(max(1.5, count * SPARK_TALL / most))}h2V{SPARK_TALL}z"
        for index, count in enumerate(counts)
        if count
    ]
    return element(
        "svg", title(name), element("path", d="".join(bars) or "M0 0", class_=hatch.name(key)), class_="spark",
        role="img", viewBox=f"0 0 {max(1, len(counts)) * 3} {SPARK_TALL}", preserveAspectRatio="none",
        width=96, height=SPARK_TALL,
    )  # fmt: skip
