"""The hatches that tell code classes and categories apart beside their colours. Defined once per page."""

from dashboard.charts.svg import element

LINES = {
    "1xx": "M3 1.5h.01",
    "2xx": "",
    "3xx": "M0 3h6",
    "4xx": "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "5xx": "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
    "none": "M-1 -1L7 7M-1 7L7 -1",
}
AS_CLASS = {"success": "2xx", "client_error": "4xx", "server_error": "5xx", "no_response": "none"}


def hatches() -> str:
    """One hidden SVG with a pattern per class; charts on the same page refer to them by id."""
    patterns = [_pattern(key, path) for key, path in LINES.items()]
    return element("svg", element("defs", *patterns), width=0, height=0, class_="hatches", aria_hidden="true")


def fill(key: str) -> str | None:
    """The fill of a class or category, None for any other key."""
    key = AS_CLASS.get(key, key)
    return f"url(#hatch-{key})" if key in LINES else None


def name(key: str) -> str:
    """The stylesheet's class for a code class or category."""
    return f"k-{AS_CLASS.get(key, key)}"


def swatch(key: str) -> str:
    """A small square of a class or category, for a legend."""
    square = element("rect", width=12, height=12, rx=3, class_=name(key), fill=fill(key))
    return element("svg", square, class_="swatch", width=12, height=12, aria_hidden="true")


def _pattern(key: str, path: str) -> str:
    ground = element("rect", width=6, height=6)
    lines = element("path", d=path) if path else ""
    return element(
        "pattern", ground, lines,
        id=f"hatch-{key}", class_=f"hatch {name(key)}", width=6, height=6, patternUnits="userSpaceOnUse",
    )  # fmt: skip
