"""Where the ticks of an axis stand and what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from math import ceil, floor, log10

from dashboard.charts.svg import element, number, percent, text

EPOCH = datetime(2020, 1, 1)
MINUTE, HOUR, DAY = 60, 3600, 86_400
TIME_STEPS = (
    MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR,
    6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY,
)  # fmt: skip
MOST_TIME_TICKS = 9
EDGE_PERCENT = 4


@dataclass(frozen=True, slots=True)
class TimeTick:
    """``at`` in percent of the width. A ``minor`` one is left out where the chart is narrow."""

    at: float
    label: str
    minor: bool


def nice_ticks(most: float, wanted: int = 4, *, whole: bool = True) -> list[float]:
    """From 0 to the first round number at or above ``most``, in equal steps of 1, 2 or 5 times 10^n."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / wanted
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    step = max(step, 1.0) if whole else step
    return [step * index for index in range(ceil(round(most / step, 6)) + 1)]


def time_ticks(since: datetime, until: datetime) -> list[TimeTick]:
    """Moments between the two that are round in the zone of ``since``, at most nine."""
    span_s = max(1.0, _seconds(since, until))
    step_s = next((step for step in TIME_STEPS if span_s / step <= MOST_TIME_TICKS), TIME_STEPS[-1])
    return [
        TimeTick(_seconds(since, moment) * 100 / span_s, _label(moment, step_s, span_s), index % 2 == 1)
        for index, moment in enumerate(_round_moments(since, until, step_s))
    ]


def span_label(since: datetime, until: datetime) -> str:
    """A slice of time in words, in the zone of ``since``: ``Sun 22 Nov 10:00–10:10 UTC``."""
    return _span_label(since, until, since.tzinfo)


@lru_cache(maxsize=1024)
def _span_label(since: datetime, until: datetime, zone: tzinfo | None) -> str:
    # Moments are equal in every zone, words are not: hence the zone.
    if _seconds(since, until) >= DAY:
        return f"{since:%a %-d %b %H:%M} – {until:%a %-d %b %H:%M} {since:%Z}"
    return f"{since:%a %-d %b %H:%M}–{until:%H:%M} {since:%Z}"


def short_count(value: float) -> str:
    """``950``, ``1.2k``, ``3M``: for axes only, where room is short."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:g}"


def short_ms(value: float) -> str:
    """Milliseconds for an axis: ``250 ms``, ``1.5 s``."""
    return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms"


def horizontal_lines(ticks: list[tuple[float, str]]) -> str:
    """Gridlines with their labels left of the plot; each tick is its height in pixels and its label."""
    lines = [element("line", x1="0", x2="100%", y1=number(y), y2=number(y)) for y, _ in ticks]
    labels = [text(label, x="-8", y=number(y + 4), text_anchor="end") for y, label in ticks]
    return element("g", *lines, class_="grid") + element("g", *labels, class_="axis")


def time_axis(since: datetime, until: datetime, y: float) -> str:
    """Labels under the plot, each at its moment."""
    labels = []
    for tick in time_ticks(since, until):
        anchor = "start" if tick.at < EDGE_PERCENT else "end" if tick.at > 100 - EDGE_PERCENT else "middle"
        labels.append(
            text(
                tick.label, x=percent(tick.at), y=number(y), text_anchor=anchor, class_="minor" if tick.minor else None
            )
        )
    return element("g", *labels, class_="axis") if labels else ""


def _round_moments(since: datetime, until: datetime, step_s: int) -> Iterator[datetime]:
    step, wall = timedelta(seconds=step_s), since.replace(tzinfo=None)
    wall = EPOCH + -((EPOCH - wall) // step) * step
    while wall.replace(tzinfo=since.tzinfo).astimezone(UTC) <= until.astimezone(UTC):
        yield wall.replace(tzinfo=since.tzinfo)
        wall += step


def _seconds(since: datetime, until: datetime) -> float:
    """Between two of one zone Python subtracts the wall times: an hour of daylight saving would be lost."""
    return (until.astimezone(UTC) - since.astimezone(UTC)).total_seconds()


def _label(moment: datetime, step_s: int, span_s: float) -> str:
    if step_s >= DAY:
        return f"{moment:%-d %b %Y}" if span_s > 300 * DAY else f"{moment:%-d %b}"
    return f"{moment:%-d %b}" if (moment.hour, moment.minute) == (0, 0) else f"{moment:%H:%M}"
