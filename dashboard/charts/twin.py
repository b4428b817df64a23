"""The table that says what a chart draws, for those who cannot see it or want the numbers."""

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any, Protocol


class Group(Protocol):
    """One column: ``counts`` stand beside the series' times."""

    key: str
    label: str
    counts: list[Any]


class Series(Protocol):
    """What is written: ``apiclient.report.Series`` has this shape."""

    times: list[datetime]
    groups: Sequence[Group]


def twin(series: Series, written: Callable[[Any], str]) -> str:
    """A row for each step in which anything happened, the newest first; '' where nothing ever did.

    A row tells the number of its step and a column its group, so that a script can read out what a chart shows.
    """
    columns = zip(*(group.counts for group in series.groups), strict=True)
    steps = enumerate(zip(series.times, columns, strict=False))
    rows = [_row(index, at, counts, written) for index, (at, counts) in steps if any(counts)]
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col" class="n" data-key="{escape(group.key)}">{escape(group.label)}</th>'
        for group in series.groups
    )
    head = f'<thead><tr><th scope="col">From ({series.times[0]:%Z})</th>{heads}</tr></thead>'
    body = "\n".join(reversed(rows))
    return f"<table>{head}\n<tbody>{body}</tbody></table>"


def _row(index: int, at: datetime, counts: Sequence[Any], written: Callable[[Any], str]) -> str:
    # Hundreds of these stand behind a chart: what is written are numbers, which need no escaping.
    cells = "".join([f'<td class="n">{written(one)}</td>' for one in counts])
    return f'<tr data-bar="{index}"><td>{at:%Y-%m-%d %H:%M}</td>{cells}</tr>'
