"""Numbers -> a plot of lines on logarithmic axes, as one SVG that needs nothing else. Pure.

For README: it is read on light and on dark pages, so it brings both palettes and no background.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, FOOT = 64, 150, 44, 52
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #4b5563 } .title { font-size: 15px; font-weight: 600; fill: #111827 }
.grid { stroke: #d1d5db; stroke-width: 1 } path { fill: none; stroke-width: 2 }
.c0 { stroke: #2563eb } .c1 { stroke: #c2410c } .c2 { stroke: #15803d } .c3 { stroke: #7e22ce } .c4 { stroke: #0e7490 }
.d0 { fill: #2563eb } .d1 { fill: #c2410c } .d2 { fill: #15803d } .d3 { fill: #7e22ce } .d4 { fill: #0e7490 }
@media (prefers-color-scheme: dark) {
text { fill: #9ca3af } .title { fill: #f3f4f6 } .grid { stroke: #374151 }
.c0 { stroke: #60a5fa } .c1 { stroke: #fb923c } .c2 { stroke: #4ade80 } .c3 { stroke: #c084fc } .c4 { stroke: #22d3ee }
.d0 { fill: #60a5fa } .d1 { fill: #fb923c } .d2 { fill: #4ade80 } .d3 { fill: #c084fc } .d4 { fill: #22d3ee }
}
"""
COLOURS = 5
DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 5")


@dataclass(frozen=True, slots=True)
class Line:
    """``points`` are (x, y), both above 0, in the order in which they are joined."""

    label: str
    points: Sequence[tuple[float, float]]


def plot(title: str, x_label: str, y_label: str, lines: Sequence[Line]) -> str:
    """One SVG with at least one point in it; ValueError where a number has no place on a logarithmic axis."""
    points = [point for line in lines for point in line.points]
    if not points or any(value <= 0 for point in points for value in point):
        raise ValueError("plot: numbers above 0 are needed, one at least")
    x_decades, y_decades = (_decades(values) for values in zip(*points, strict=True))
    right, bottom = WIDTH - RIGHT, HEIGHT - FOOT

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = (_share(value, decades) for value, decades in zip(point, (x_decades, y_decades), strict=True))
        return LEFT + x * (right - LEFT), bottom - y * (bottom - TOP)

    parts = [
        f'<text class="title" x="{LEFT}" y="20">{escape(title)}</text>',
        *(_vertical(place((tick, 10.0 ** y_decades[0]))[0], tick) for tick in _ticks(x_decades)),
        *(_horizontal(place((10.0 ** x_decades[0], tick))[1], tick) for tick in _ticks(y_decades)),
        f'<text x="{(LEFT + right) / 2:g}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text x="{LEFT}" y="{TOP - 8}" text-anchor="start">{escape(y_label)}</text>',
        *(_drawn(index, [place(point) for point in line.points]) for index, line in enumerate(lines)),
        *(_named(index, line.label) for index, line in enumerate(lines)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{escape(title)}">\n<style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def stacked(*plots: str) -> str:
    """Such plots below each other, as one SVG."""
    height = HEIGHT * len(plots)
    placed = (f'<g transform="translate(0 {number * HEIGHT})">\n{one}</g>\n' for number, one in enumerate(plots))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        + "".join(placed)
        + "</svg>\n"
    )


def _decades(values: Iterable[float]) -> tuple[int, int]:
    logs = [log10(value) for value in values]
    low = floor(min(logs))
    return low, max(low + 1, ceil(max(logs)))


def _share(value: float, decades: tuple[int, int]) -> float:
    return (log10(value) - decades[0]) / (decades[1] - decades[0])


def _ticks(decades: tuple[int, int]) -> list[float]:
    return [10.0**power for power in range(decades[0], decades[1] + 1)]


def _vertical(x: float, tick: float) -> str:
    line = f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - FOOT}"/>'
    return f'{line}<text x="{x:.1f}" y="{HEIGHT - FOOT + 18}" text-anchor="middle">{_short(tick)}</text>'


def _horizontal(y: float, tick: float) -> str:
    line = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return f'{line}<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_short(tick)}</text>'


def _drawn(index: int, places: list[tuple[float, float]]) -> str:
    way = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(places))
    dots = "".join(f'<circle class="d{index % COLOURS}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    return f'<path class="c{index % COLOURS}" stroke-dasharray="{_dashes(index)}" d="{way}"/>{dots}'


def _named(index: int, label: str) -> str:
    x, y = WIDTH - RIGHT + 12, TOP + 10 + index * 20
    line = f'<path class="c{index % COLOURS}" stroke-dasharray="{_dashes(index)}" d="M{x} {y}h22"/>'
    return f'{line}<text x="{x + 28}" y="{y + 4}">{escape(label)}</text>'


def _dashes(index: int) -> str:
    return DASHES[index % len(DASHES)] or "none"


def _short(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
