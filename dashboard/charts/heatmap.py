"""How often each code or failure came over time: a line for each, a cell per slice, stronger where its share is larger.

A line's label tells which it is, so colour and strength only help to see when.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from math import sqrt
from typing import Protocol

from dashboard.charts import hatch
from dashboard.charts.axis import span_label, time_axis
from dashboard.charts.svg import element, percent, title

TALL = 20
AXIS = 18
FILLED = 0.94
FAINTEST = 0.22


class Line(Protocol):
    """One code or failure: ``key`` is its class, ``counts`` stand beside the series' times."""

    key: str
    label: str
    counts: list[int]


class Series(Protocol):
    """What is drawn: ``apiclient.report.Series`` has this shape."""

    since: datetime
    until: datetime
    step_seconds: int
    times: list[datetime]
    groups: Sequence[Line]


Href = Callable[[datetime, datetime], str]
"""The address behind a slice, escaped already."""


def heat_lines(series: Series, totals: Sequence[int], hrefs: Sequence[Href]) -> list[str]:
    """One SVG per line, for eyes alone: the table tells the rest. ``totals`` are what came in each slice, in any line.

    Each of ``hrefs`` gives the address behind its line's slices.
    """
    step = timedelta(seconds=series.step_seconds)
    spans = [(began, began + step) for began in series.times]
    words = [span_label(*span) for span in spans]
    return [_line(line, totals, spans, words, href) for line, href in zip(series.groups, hrefs, strict=True)]


def heat_axis(series: Series) -> str:
    """The times under the lines."""
    return element(
        "svg", time_axis(series.since, series.until, AXIS - 5), class_="heat-axis", width="100%", height=AXIS,
        aria_hidden="true",
    )  # fmt: skip


def strength(share: float) -> float:
    """How opaque a cell is: by the square root, so that one in a hundred is seen beside all."""
    return round(FAINTEST + (1 - FAINTEST) * sqrt(share), 2)


def _line(
    line: Line, totals: Sequence[int], spans: Sequence[tuple[datetime, datetime]], words: Sequence[str], href: Href
) -> str:
    # A page holds a thousand cells: what needs no escaping is not escaped.
    label, cells = escape(line.label), []
    for index, count in enumerate(line.counts):
        if count:
            share = count / totals[index]
            said = f"{words[index]} · {label}: {count:,} of {totals[index]:,}"
            cells.append(
                f'<a href="{href(*spans[index])}" tabindex="-1"><title>{said}</title>'
                f'<rect {_place(index, len(spans))} fill-opacity="{strength(share)}"/></a>'
            )
    ground = element("rect", class_="heat-ground", width="100%", height=TALL)
    return element(
        "svg", title(line.label), ground, *cells, class_=f"heat {hatch.name(line.key)}", width="100%", height=TALL,
        aria_hidden="true",
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _place(index: int, many: int) -> str:
    slot = 100 / many
    return f'x="{percent(slot * index)}" width="{percent(slot * FILLED)}" height="{TALL}"'
