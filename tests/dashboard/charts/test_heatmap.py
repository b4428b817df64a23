from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from xml.etree import ElementTree

from dashboard.charts.heatmap import heat_axis, heat_lines, strength

SINCE = datetime(2026, 11, 22, 10, tzinfo=UTC)
TIMES = [SINCE + timedelta(minutes=15 * n) for n in range(4)]


def series_of(*lines: tuple[str, str, list[int]]) -> SimpleNamespace:
    groups = [SimpleNamespace(key=key, label=label, counts=counts) for key, label, counts in lines]
    return SimpleNamespace(since=SINCE, until=SINCE + timedelta(hours=1), step_seconds=900, times=TIMES, groups=groups)


def drawn(*lines: tuple[str, str, list[int]], totals: list[int]) -> list[str]:
    def href(since: datetime, until: datetime) -> str:
        return f"/x?a=1&amp;since={since:%H%M}&amp;until={until:%H%M}"

    return heat_lines(series_of(*lines), totals, [href] * len(lines))


def test_a_line_has_a_cell_for_each_slice_in_which_it_came() -> None:
    (svg,) = drawn(("4xx", "404 Not Found", [3, 0, 0, 10]), totals=[4, 0, 5, 10])
    assert svg.count("<a ") == 2 and 'class="heat k-4xx"' in svg
    assert "10:00–10:15" in svg and "404 Not Found: 3 of 4" in svg
    assert 'x="0%" width="23.5%"' in svg and 'x="75%" width="23.5%"' in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_a_cell_is_the_stronger_the_larger_its_share() -> None:
    assert strength(0.001) < strength(0.01) < strength(0.1) < strength(1) == 1.0
    (svg,) = drawn(("5xx", "500", [1, 100, 0, 0]), totals=[100, 100, 0, 0])
    assert f'fill-opacity="{strength(0.01)}"' in svg and 'fill-opacity="1.0"' in svg


def test_cells_lead_to_their_slice_and_nothing_is_taken_for_markup() -> None:
    (svg,) = drawn(("none", "<b>&", [0, 1, 0, 0]), totals=[0, 1, 0, 0])
    assert 'href="/x?a=1&amp;since=1015&amp;until=1030"' in svg
    assert "&lt;b&gt;&amp;" in svg and "<b>" not in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_no_line_is_no_picture_and_the_axis_stands_for_itself() -> None:
    assert drawn(totals=[]) == []
    axis = heat_axis(series_of())
    assert "10:30" in axis and 'aria-hidden="true"' in axis
    ElementTree.fromstring(axis)  # noqa: S314
