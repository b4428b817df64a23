import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from dashboard.charts.stacked import HEIGHT, LEAST, Segment, segments, stacked_chart

START = datetime(2026, 11, 22, tzinfo=UTC)
STEP = 600


@dataclass
class Group:
    key: str
    label: str
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass
class Series:
    groups: list[Group]
    bars: int = 3
    step_seconds: int = STEP
    since: datetime = START
    times: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.times = [START + timedelta(seconds=STEP * index) for index in range(self.bars)]

    @property
    def until(self) -> datetime:
        return START + timedelta(seconds=STEP * self.bars)


def by_key(series: Series) -> dict[str, list[Segment]]:
    found: dict[str, list[Segment]] = {}
    for segment in segments(series):
        found.setdefault(segment.key, []).append(segment)
    return found


def test_segments_stand_on_each_other_and_leave_gaps_where_nothing_was() -> None:
    parts = by_key(Series([Group("2xx", "ok", [6, 0, 3]), Group("5xx", "bad", [2, 0, 0])]))
    first, last = parts["2xx"]
    assert first.y + first.height == HEIGHT
    assert parts["5xx"][0].y + parts["5xx"][0].height == first.y
    assert (first.since, last.since) == (START, START + timedelta(seconds=2 * STEP))
    assert first.height == 2 * last.height


def test_one_failure_among_thousands_is_seen() -> None:
    parts = by_key(Series([Group("2xx", "ok", [99_999, 0, 0]), Group("5xx", "bad", [1, 0, 0])]))
    assert parts["5xx"][0].height == LEAST
    assert parts["5xx"][0].y >= 0


def test_every_segment_says_when_what_and_how_many_and_leads_somewhere() -> None:
    svg = stacked_chart(
        Series([Group("4xx", "4xx client error", [0, 1234, 0])]), "Answers", lambda one: f"/o/?a={one.key}&amp;b=1"
    )
    assert "<title>Sun 22 Nov 00:10–00:20 UTC · 4xx client error: 1,234</title>" in svg
    assert 'href="/o/?a=4xx&amp;b=1"' in svg
    assert 'fill="url(#hatch-4xx)"' in svg


def test_links_are_in_no_picture_and_are_left_to_the_table_for_whoever_listens() -> None:
    svg = stacked_chart(Series([Group("4xx", "bad", [1, 0, 0])]), "Answers", lambda one: "/")
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root.get("role") == "group"
    assert [group.get("aria-hidden") for group in root.iter("g") if group.find("a") is not None] == ["true"]


def test_the_chart_is_xml_with_a_name_and_a_description() -> None:
    root = ElementTree.fromstring(stacked_chart(Series([Group("2xx", "ok", [1, 2, 3])]), "Answers"))  # noqa: S314
    assert root.get("role") == "img"
    assert root[0].tag == "title" and root[0].text == "Answers"
    assert root[1].tag == "desc" and "ok: 6" in (root[1].text or "")


def test_markup_in_names_and_labels_is_escaped() -> None:
    svg = stacked_chart(Series([Group("2xx", "<b>&", [1, 1, 1])]), "<script>", lambda one: "/")
    assert "<script" not in svg and "<b>" not in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_nothing_at_all_is_still_a_chart() -> None:
    svg = stacked_chart(Series([]), "Answers")
    assert "Nothing happened." in svg and "<rect" not in svg


def test_no_style_attribute_and_no_script() -> None:
    svg = stacked_chart(Series([Group("2xx", "ok", [1, 2, 3])]), "Answers", lambda one: "/")
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)


def test_groups_that_are_no_classes_have_hatches_of_their_own() -> None:
    drawn = stacked_chart(Series([Group("dns", "DNS", [1, 0, 2]), Group("tls", "TLS", [0, 3, 0])]), "Failures")
    assert 'class="bar k-other-0" fill="url(#hatch-other-0)"' in drawn
    assert 'class="bar k-other-1" fill="url(#hatch-other-1)"' in drawn
