"""Measurements over time as lines, broken where nothing was measured. Told apart by dashes as well as by colour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from dashboard.charts.axis import horizontal_lines, nice_ticks, short_ms, span_label, time_axis
from dashboard.charts.svg import element, number, percent, title

HEIGHT = 160
TOP = 8
FOOT = 22
WIDE = 1000
DASHES = (None, "6 3", "1.5 3")


class Measured(Protocol):
    """One line: ``counts`` are milliseconds beside the series' times, None where nothing was measured."""

    key: str
    label: str
    counts: list[float | None]


class Series(Protocol):
    """What is drawn: ``apiclient.report.Series`` as ``latency`` answers it."""

    since: datetime
    until: datetime
    step_seconds: int
    times: list[datetime]
    groups: Sequence[Measured]


def line_chart(series: Series, name: str) -> str:
    """One line per group, at most three, over milliseconds."""
    ticks = nice_ticks(_most(series), whole=False)
    marks = [(HEIGHT - (HEIGHT - TOP) * tick / ticks[-1], short_ms(round(tick, 6))) for tick in ticks]
    lines = [
        element(
            "path", d=path(group.counts, ticks[-1]), class_=f"line line-{index}", vector_effect="non-scaling-stroke",
            stroke_dasharray=DASHES[index % len(DASHES)],
        )
        for index, group in enumerate(series.groups)
    ]  # fmt: skip
    plot = element(
        "svg", *lines, width="100%", height=HEIGHT, viewBox=f"0 0 {WIDE} {HEIGHT}", preserveAspectRatio="none"
    )
    return element(
        "svg", title(name), horizontal_lines(marks), plot, *hovers(series.times, series.step_seconds, series.groups),
        time_axis(series.since, series.until, HEIGHT + FOOT - 5),
        class_="chart", role="img", width="100%", height=HEIGHT + FOOT,
    )  # fmt: skip


def path(values: list[float | None], top: float) -> str:
    """Through the middle of each step; a value alone between gaps is a dot."""
    slot = WIDE / max(1, len(values))
    parts = []
    for (_, before), (index, value) in pairwise([(-1, None), *enumerate(values)]):
        if value is None:
            continue
        x, y = slot * (index + 0.5), HEIGHT - (HEIGHT - TOP) * value / top
        parts.append(f"{'M' if before is None else 'L'}{number(x)} {number(y)}")
        if before is None:
            parts.append("h0")
    return "".join(parts) or "M0 0"


def hovers(times: Sequence[datetime], step_seconds: int, groups: Sequence[Measured]) -> list[str]:
    """A field over each step in which anything was measured, which says what when it is pointed at."""
    slot, step, found = 100 / max(1, len(times)), timedelta(seconds=step_seconds), []
    for index, began in enumerate(times):
        values = [(group.label, group.counts[index]) for group in groups]
        said = ", ".join([f"{label} {value:.1f} ms" for label, value in values if value is not None])
        if said:
            found.append(
                f'<rect class="hover" x="{percent(slot * index)}" width="{percent(slot)}" y="0" height="{HEIGHT}">'
                f"{title(f'{span_label(began, began + step)} · {said}')}</rect>"
            )
    return found


def _most(series: Series) -> float:
    return max((value for group in series.groups for value in group.counts if value is not None), default=0.0)
