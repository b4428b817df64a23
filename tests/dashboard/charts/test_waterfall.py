from xml.etree import ElementTree

from dashboard.charts.waterfall import Phase, waterfall


def test_each_phase_begins_where_the_one_before_ended() -> None:
    svg = waterfall([Phase("dns", "DNS", 250, "250 µs"), Phase("wait", "Wait", 750, "750 µs")], "Phases")
    rects = [one for one in ElementTree.fromstring(svg).iter("rect")]  # noqa: S314
    assert [(one.get("x"), one.get("width")) for one in rects] == [("0%", "25%"), ("25%", "75%")]


def test_one_phase_over_the_whole_width_keeps_its_words_inside() -> None:
    assert "inside" in waterfall([Phase("wait", "Wait", 10, "<10 µs>")], "Phases")


def test_no_phase_is_still_a_picture() -> None:
    ElementTree.fromstring(waterfall([], "Phases"))  # noqa: S314
