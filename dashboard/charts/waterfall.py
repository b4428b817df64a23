"""Where the time of one exchange went: its phases one after the other on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.svg import element, percent, text, title

ROW = 24
BAR = 14


@dataclass(frozen=True, slots=True)
class Phase:
    """``key`` names the stylesheet's class; ``us`` is the length in microseconds, ``shown`` the same in words."""

    key: str
    label: str
    us: int
    shown: str


def waterfall(phases: Sequence[Phase], name: str) -> str:
    """One row per phase, each beginning where the one before ended; the words stand where there is room."""
    total = max(1, sum(phase.us for phase in phases))
    rows, began = [], 0
    for index, phase in enumerate(phases):
        rows.append(_row(index * ROW, phase, began * 100 / total, phase.us * 100 / total))
        began += phase.us
    return element(
        "svg", title(name), *rows, class_="waterfall", role="img", width="100%", height=max(1, len(phases)) * ROW
    )


def _row(y: int, phase: Phase, at: float, wide: float) -> str:
    left = at + wide <= 75
    words = text(
        phase.shown, x=percent(at + wide if left else at), dx=6 if left else -6, y=y + 15,
        text_anchor="start" if left else "end", class_="value",
    )  # fmt: skip
    if at < 25 and not left:
        words = text(phase.shown, x=percent(at), dx=8, y=y + 15, text_anchor="start", class_="value inside")
    return element(
        "g",
        title(f"{phase.label}: {phase.shown}"),
        text(phase.label, x=-8, y=y + 15, text_anchor="end", class_="label"),
        element("line", x1="0", x2="100%", y1=y + ROW - 0.5, y2=y + ROW - 0.5),
        element(
            "rect", class_=f"phase phase-{phase.key}", x=percent(at), width=percent(wide) if wide else 1,
            y=y + 4, height=BAR, rx=2,
        ),
        words,
    )  # fmt: skip
