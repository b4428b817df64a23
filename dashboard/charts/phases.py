"""The mean phases of exchanges over time as stacked bars, in milliseconds. The first phase stands at the bottom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dashboard.charts import hatch
from dashboard.charts.axis import horizontal_lines, nice_ticks, short_ms, span_label, time_axis
from dashboard.charts.line import hovers
from dashboard.charts.svg import desc, element, number, percent, title

HEIGHT = 160
TOP = 8
FOOT = 22
LINES = {"dns": "M1.5 1.5h.01M4.5 4.5h.01", "connect": "M0 3h6", "tls": "M3 0v6", "wait": "", "transfer": "M0 6L6 0"}
"""What is drawn over the colour of each phase, in a field of six by six."""


class Phase(Protocol):
    """One phase: ``counts`` are mean milliseconds beside the series' times, ``total`` their mean over the whole span.

    None where nothing was measured.
    """

    key: str
    label: str
    counts: list[float | None]
    total: float | None


class Series(Protocol):
    """What is drawn: the series of ``apiclient.phases``."""

    since: datetime
    until: datetime
    step_seconds: int
    times: list[datetime]
    groups: Sequence[Phase]


def phase_chart(series: Series, name: str) -> str:
    """The whole chart as one SVG, with the hatches that it and its legend use."""
    ticks = nice_ticks(_most(series), whole=False)
    patterns = [hatch.pattern(key, path, _look(key)) for key, path in LINES.items()]
    marks = [(HEIGHT - (HEIGHT - TOP) * tick / ticks[-1], short_ms(round(tick, 6))) for tick in ticks]
    return element(
        "svg", title(name), desc(_describe(series)), element("defs", *patterns), horizontal_lines(marks),
        *_bars(series, (HEIGHT - TOP) / ticks[-1]), *hovers(series.times, series.step_seconds, series.groups),
        time_axis(series.since, series.until, HEIGHT + FOOT - 5),
        class_="chart", role="img", width="100%", height=HEIGHT + FOOT,
    )  # fmt: skip


def phase_swatch(key: str) -> str:
    """A small square of a phase, for the legend beside its chart."""
    return hatch.square(_look(key), _fill(key))


def _bars(series: Series, per_ms: float) -> list[str]:
    slot, heights, found = 100 / max(1, len(series.times)), [0.0] * len(series.times), []
    for phase in series.groups:
        parts = []
        for index, ms in enumerate(phase.counts):
            if not ms:
                continue
            tall = ms * per_ms
            heights[index] += tall
            parts.append(
                f'<rect x="{percent(slot * (index + 0.08))}" width="{percent(slot * 0.84)}" '
                f'y="{number(HEIGHT - heights[index])}" height="{number(tall)}"/>'
            )
        if parts:
            found.append(element("g", *parts, class_=f"bar {_look(phase.key)}", fill=_fill(phase.key)))
    return found


def _most(series: Series) -> float:
    columns = zip(*(phase.counts for phase in series.groups), strict=True)
    return max((sum(ms or 0 for ms in column) for column in columns), default=0.0)


def _describe(series: Series) -> str:
    said = ", ".join(f"{phase.label} {phase.total:.1f} ms" for phase in series.groups if phase.total is not None)
    return f"{span_label(series.since, series.until)}. {said or 'Nothing was measured.'}"


def _look(key: str) -> str:
    return f"phase-{key}"


def _fill(key: str) -> str:
    return f"url(#hatch-{key})"
