from xml.etree import ElementTree

from dashboard.charts.strip import Slice, sparkline, strip


def test_a_cell_shows_the_worst_category_and_says_what_came() -> None:
    svg = strip([Slice("success", ""), Slice("server_error", "3 <server> errors", 0.5), Slice("", "")], "Payments")
    assert 'fill="url(#hatch-5xx)"' in svg
    assert "3 &lt;server&gt; errors" in svg
    assert "k-empty" in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_a_stray_error_fills_a_third_of_its_cell_and_an_outage_all_of_it() -> None:
    assert "v6h" in strip([Slice("server_error", "", 0.001)], "x")
    assert "v18h-5z" in strip([Slice("server_error", "", 1.0)], "x")


def test_no_slices_are_still_a_picture() -> None:
    ElementTree.fromstring(strip([], "x"))  # noqa: S314


def test_a_sparkline_has_a_bar_per_count_and_gaps_between() -> None:
    svg = sparkline([0, 5, 0, 10], "404", "4xx")
    assert svg.count("M") == 2 and "v-20" in svg and "v-10" in svg
    ElementTree.fromstring(svg)  # noqa: S314
