"""A small SVG writer: elements as strings, every value escaped."""

from functools import cache, lru_cache
from html import escape


def element(tag: str, *children: str, **attributes: object) -> str:
    """``children`` are markup already. ``a_b`` is written ``a-b``, ``class_`` ``class``; None is left out."""
    written = "".join(
        f' {_written(name)}="{_escaped(str(value))}"' for name, value in attributes.items() if value is not None
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


@cache
def _written(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


_escaped = lru_cache(maxsize=4096)(escape)
"""Most attributes of a page are the same few again."""


def text(content: str, **attributes: object) -> str:
    """A text element."""
    return element("text", escape(content), **attributes)


def title(content: str) -> str:
    """The hover text and accessible name of the element it stands in."""
    return f"<title>{escape(content)}</title>"


def desc(content: str) -> str:
    """The longer description that a screen reader gives."""
    return f"<desc>{escape(content)}</desc>"


def number(value: float) -> str:
    """At most two decimals, none where they are zero: short addresses of places."""
    return f"{round(value, 2):g}"


@lru_cache(maxsize=1024)
def percent(value: float) -> str:
    """A place along the width."""
    return f"{value:.5g}%"
