"""A plot is a sound SVG in which every number has its place."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from dashboard.bench.plot import FOOT, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Line, plot, stacked

LINES = [Line("overview", [(10, 8), (100, 9.5), (10_000, 80)]), Line("<b>service", [(10, 0.7), (1_000, 30)])]


def test_it_is_one_svg_with_title_labels_and_legend() -> None:
    found = ElementTree.fromstring(plot("Page & time", "calls", "ms", LINES))  # noqa: S314  (our own text)
    said = {element.text for element in found.iter() if element.tag.endswith("text")}
    assert {"Page & time", "calls", "ms", "overview", "<b>service"} <= said
    assert {"10", "100", "1k", "10k", "0.1", "1"} <= said
    assert found.get("aria-label") == "Page & time"


def test_every_point_stands_inside_and_equal_ratios_are_equal_distances() -> None:
    svg = plot("t", "x", "y", [Line("a", [(10, 1), (100, 10), (1_000, 100), (10_000, 1_000)])])
    places = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    assert places[0] == (LEFT, HEIGHT - FOOT) and places[-1] == (WIDTH - RIGHT, TOP)
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)]
    assert all(step == pytest.approx(steps[0], abs=0.15) for step in steps)


def test_lines_are_told_apart_by_dashes_and_on_both_grounds() -> None:
    svg = plot("t", "x", "y", LINES)
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', svg))) == 2
    assert "prefers-color-scheme: dark" in svg


@pytest.mark.parametrize("points", [[], [(0, 1)], [(1, -1)]])
def test_what_has_no_place_on_a_logarithmic_axis_is_refused(points) -> None:
    with pytest.raises(ValueError, match="above 0"):
        plot("t", "x", "y", [Line("a", points)])


def test_a_single_point_has_a_decade_around_it() -> None:
    assert 'cx="64.0"' in plot("t", "x", "y", [Line("a", [(10, 10)])])


def test_two_plots_are_one_svg_and_do_not_overlap() -> None:
    found = ElementTree.fromstring(stacked(plot("a", "x", "y", LINES), plot("b", "x", "y", LINES)))  # noqa: S314
    assert found.get("viewBox") == f"0 0 {WIDTH} {2 * HEIGHT}"
    assert [part.get("transform") for part in found] == ["translate(0 0)", f"translate(0 {HEIGHT})"]
