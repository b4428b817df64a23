"""The table behind a chart says the same in words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.charts import twin

BEGAN = datetime(2026, 3, 4, 5, tzinfo=UTC)


@dataclass
class Group:
    label: str
    counts: list[Any]
    key: str = "2xx"


@dataclass
class Series:
    groups: list[Group]
    times: list[datetime] = field(default_factory=lambda: [BEGAN + timedelta(hours=n) for n in range(3)])


def test_steps_stand_newest_first_and_those_without_anything_are_left_out() -> None:
    said = twin(Series([Group("2xx", [5, 0, 1]), Group("<4xx>", [0, 0, 7])]), lambda number: f"{number}!")
    rows = said.partition("<tbody>")[2].split("\n")
    assert [row.replace('<td class="n">', "").replace("</td>", "|") for row in rows] == [
        '<tr data-bar="2"><td>2026-03-04 07:00|1!|7!|</tr>',
        '<tr data-bar="0"><td>2026-03-04 05:00|5!|0!|</tr></tbody></table>',
    ]
    assert "&lt;4xx&gt;" in said and "<4xx>" not in said


def test_nothing_at_all_is_no_table() -> None:
    assert twin(Series([Group("2xx", [0, 0, None])]), str) == "" == twin(Series([]), str)
