"""One length of time as a bar on a scale that other rows share."""

from dashboard.charts.svg import element, percent, title

HEIGHT = 14


def span(began: int, took: int, end: int, name: str) -> str:
    """A bar from ``began`` for ``took`` where the whole width is ``end``, all in one unit; never too thin to see."""
    whole = max(1, end)
    bar = element(
        "rect", class_="phase phase-wait", x=percent(began * 100 / whole), width=percent(max(0.8, took * 100 / whole)),
        y=2, height=HEIGHT - 4, rx=2,
    )  # fmt: skip
    return element("svg", title(name), bar, class_="span", role="img", width="100%", height=HEIGHT)
