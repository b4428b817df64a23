from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from dashboard.charts.line import line_chart, path

START = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass
class Group:
    key: str
    label: str
    counts: list[float | None]


@dataclass
class Series:
    groups: list[Group]
    since: datetime = START
    until: datetime = START + timedelta(hours=4)
    step_seconds: int = 3600
    times: tuple[datetime, ...] = tuple(START + timedelta(hours=hour) for hour in range(4))


def test_a_line_breaks_where_nothing_was_measured() -> None:
    drawn = path([10.0, 20.0, None, 5.0], 20.0)
    assert drawn.count("M") == 2 and drawn.count("L") == 1


def test_a_value_alone_is_a_dot() -> None:
    assert path([None, 5.0, None], 10.0).endswith("h0")


def test_lines_differ_by_dashes_too() -> None:
    values: list[float | None] = [1.0, 2.0, 3.0, 4.0]
    svg = line_chart(Series([Group("0.5", "p50", values), Group("0.95", "p95", values)]), "Latency")
    assert svg.count("stroke-dasharray") == 1
    assert "p50 1.0 ms, p95 1.0 ms" in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_nothing_measured_is_still_a_chart() -> None:
    ElementTree.fromstring(line_chart(Series([Group("0.5", "p50", [None] * 4)]), "Latency"))  # noqa: S314
