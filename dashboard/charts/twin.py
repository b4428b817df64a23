"""The table that says what a chart draws, for those who cannot see it or want the numbers."""

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any, Protocol


class Group(Protocol):
    """One column: ``counts`` stand beside the series' times."""

    label: str
    counts: list[Any]


class Series(Protocol):
    """What is written: ``apiclient.report.Series`` has this shape."""

    times: list[datetime]
    groups: Sequence[Group]


def twin(series: Series, written: Callable[[Any], str]) -> str:
    """A row for each step in which anything happened, the newest first; '' where nothing ever did."""
    columns = zip(*(group.counts for group in series.groups), strict=True)
    rows = [_row(at, counts, written) for at, counts in zip(series.times, columns, strict=False) if any(counts)]
    if not rows:
        return ""
    heads = "".join(f'<th scope="col" class="n">{escape(group.label)}</th>' for group in series.groups)
    head = f'<thead><tr><th scope="col">From (UTC)</th>{heads}</tr></thead>'
    body = "\n".join(reversed(rows))
    return f"<table>{head}\n<tbody>{body}</tbody></table>"


def _row(at: datetime, counts: Sequence[Any], written: Callable[[Any], str]) -> str:
    # Hundreds of these stand behind a chart: what is written are numbers, which need no escaping.
    cells = "".join([f'<td class="n">{written(one)}</td>' for one in counts])
    return f"<tr><td>{at:%Y-%m-%d %H:%M}</td>{cells}</tr>"
