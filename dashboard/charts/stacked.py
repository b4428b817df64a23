"""Counts over time as stacked bars: first come the numbers' places, then the drawing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from typing import NamedTuple, Protocol

from dashboard.charts import hatch
from dashboard.charts.axis import horizontal_lines, nice_ticks, short_count, span_label, time_axis
from dashboard.charts.svg import desc, element, percent, title

HEIGHT = 200
TOP = 8
FOOT = 22
LEAST = 2.0
"""Pixels: one failure among thousands of answers must still be seen."""


class Counts(Protocol):
    """One group: ``counts`` stand beside the series' times."""

    key: str
    label: str
    counts: list[int]
    total: int


class Series(Protocol):
    """What is drawn: ``apiclient.report.Series`` has this shape."""

    since: datetime
    until: datetime
    step_seconds: int
    times: list[datetime]
    groups: Sequence[Counts]


class Segment(NamedTuple):
    """One group's part of one bar: ``x`` and ``width`` in percent, ``y`` and ``height`` in pixels from the top."""

    x: float
    width: float
    y: float
    height: float
    since: datetime
    until: datetime
    key: str
    label: str
    number: int


Href = Callable[[Segment], str]
"""The address behind a segment, escaped already."""


def segments(series: Series, height: float = HEIGHT) -> list[Segment]:
    """Every part that has a count, group by group; the first group stands at the bottom."""
    heights = [0.0] * len(series.times)
    per_count = (height - TOP) / _top(series)
    slot, step = 100 / max(1, len(series.times)), timedelta(seconds=series.step_seconds)
    ends, found = [began + step for began in series.times], []
    for group in series.groups:
        for index, count in enumerate(group.counts):
            if not count:
                continue
            tall = max(LEAST, count * per_count)
            heights[index] += tall
            found.append(
                Segment(
                    slot * (index + 0.08), slot * 0.84, max(0.0, height - heights[index]), tall,
                    series.times[index], ends[index], group.key, group.label, count,
                )
            )  # fmt: skip
    return found


def stacked_chart(series: Series, name: str, href: Href | None = None) -> str:
    """The whole chart as one SVG. ``name`` says what is counted; ``href`` gives the address behind a segment.

    A picture may hold no links, and hundreds of links are no help to whoever cannot see them: they read the table.
    """
    drawn: dict[str, list[str]] = {group.key: [] for group in series.groups}
    for segment in segments(series):
        drawn[segment.key].append(_draw(segment, href))
    looks = hatch.looks(drawn)
    groups = [
        element(
            "g",
            *parts,
            class_=f"bar {hatch.name(looks[key])}",
            fill=hatch.fill(looks[key]),
            aria_hidden=href and "true",
        )
        for key, parts in drawn.items()
        if parts
    ]
    top = _top(series)
    ticks = [(HEIGHT - (HEIGHT - TOP) * tick / top, short_count(tick)) for tick in nice_ticks(_most(series))]
    return element(
        "svg",
        title(name),
        desc(_describe(series)),
        horizontal_lines(ticks),
        *groups,
        time_axis(series.since, series.until, HEIGHT + FOOT - 5),
        class_="chart", role="group" if href else "img", width="100%", height=HEIGHT + FOOT,
    )  # fmt: skip


def _draw(segment: Segment, href: Href | None) -> str:
    # A thousand of these make a chart: text that needs no escaping is not escaped.
    words = f"{span_label(segment.since, segment.until)} · {_escaped(segment.label)}: {segment.number:,}"
    tag, address = ("a", f' href="{href(segment)}" tabindex="-1"') if href else ("g", "")
    return (
        f'<{tag}{address}><title>{words}</title><rect x="{percent(segment.x)}" '
        f'width="{percent(segment.width)}" y="{segment.y:.5g}" height="{segment.height:.4g}"/></{tag}>'
    )


_escaped = lru_cache(maxsize=256)(escape)


def _describe(series: Series) -> str:
    parts = ", ".join(f"{group.label}: {group.total}" for group in series.groups)
    return f"{span_label(series.since, series.until)}. {parts or 'Nothing happened.'}"


def _most(series: Series) -> int:
    return max((sum(column) for column in zip(*(group.counts for group in series.groups), strict=True)), default=0)


def _top(series: Series) -> float:
    return nice_ticks(_most(series))[-1]
