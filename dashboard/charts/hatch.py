"""The hatches that tell groups of a chart apart beside their colours. Defined once per page.

Code classes and categories have a look of their own. Whatever else is grouped, such as services or types of failure,
gets one of a few neutral looks by its place, never the colour of a class.
"""

from collections.abc import Iterable

from dashboard.charts.svg import element

LINES = {
    "1xx": "M3 1.5h.01",
    "2xx": "",
    "3xx": "M0 3h6",
    "4xx": "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "5xx": "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
    "none": "M-1 -1L7 7M-1 7L7 -1",
}
NEUTRAL = {
    f"other-{number}": path
    for number, path in enumerate(
        (
            "M0 0", "M-1 5L5 -1M1 7L7 1", "M1.5 0v6M4.5 0v6", "M1.5 1.5h.01M4.5 4.5h.01", "M0 1.5h6M0 4.5h6",
            "M0 3h6M3 0v6", "M0 4L3 1L6 4", "M1.5 3h3",
        )
    )
}  # fmt: skip
AS_CLASS = {"success": "2xx", "client_error": "4xx", "server_error": "5xx", "no_response": "none"}


def hatches() -> str:
    """One hidden SVG with a pattern per look; charts on the same page refer to them by id."""
    patterns = [pattern(key, path, name(key)) for key, path in (LINES | NEUTRAL).items()]
    return element("svg", element("defs", *patterns), width=0, height=0, class_="hatches", aria_hidden="true")


def looks(keys: Iterable[str]) -> dict[str, str]:
    """What ``fill``, ``name`` and ``swatch`` take for each group of a chart: its own look, or one by its place."""
    return {
        key: key if AS_CLASS.get(key, key) in LINES else f"other-{place % len(NEUTRAL)}"
        for place, key in enumerate(keys)
    }


def fill(key: str) -> str | None:
    """The fill of a class, a category or a neutral look, None for any other key."""
    key = AS_CLASS.get(key, key)
    return f"url(#hatch-{key})" if key in LINES or key in NEUTRAL else None


def name(key: str) -> str:
    """The stylesheet's class for a look."""
    return f"k-{AS_CLASS.get(key, key)}"


def swatch(key: str) -> str:
    """A small square of a look, for a legend."""
    return square(name(key), fill(key))


def square(look: str, fill: str | None) -> str:
    """A small square, for a legend, in a class of the stylesheet and a pattern."""
    drawn = element("rect", width=12, height=12, rx=3, class_=look, fill=fill)
    return element("svg", drawn, class_="swatch", width=12, height=12, aria_hidden="true")


def pattern(key: str, path: str, look: str) -> str:
    """Lines over the colour of ``look``, a class of the stylesheet, in a field of six by six; ``key`` is in its id."""
    ground = element("rect", width=6, height=6)
    lines = element("path", d=path) if path else ""
    return element(
        "pattern", ground, lines,
        id=f"hatch-{key}", class_=f"hatch {look}", width=6, height=6, patternUnits="userSpaceOnUse",
    )  # fmt: skip
