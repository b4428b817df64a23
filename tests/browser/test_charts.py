"""What a script adds to a chart: read-outs, keys, zoom; and that every view is in the address."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.pages import CHARTED, PAGES


def words(page: Page) -> dict[str, str]:
    return {word: given[0] for word, given in parse_qs(urlsplit(page.url).query).items()}


def read_out(page: Page) -> list[str]:
    return page.locator(".readout:visible").inner_text().split()


def in_table(page: Page, bar: int) -> list[str]:
    """The numbers other than nothing of one bar, from the chart's table."""
    cells = page.locator(f"figure[data-bars] >> nth=0 >> tr[data-bar='{bar}'] td").all_text_contents()
    return [cell for cell in cells[1:] if cell]


def busiest(page: Page) -> int:
    """The number of a bar that has something of several classes."""
    rows = page.locator("figure[data-bars] >> nth=0 >> tr[data-bar]").all()
    return int(max(rows, key=lambda row: len([c for c in row.locator("td").all_text_contents() if c]))
               .get_attribute("data-bar") or 0)  # fmt: skip


def point_at(page: Page, bar: int) -> tuple[float, float]:
    axis = page.locator(".time-axis").first
    axis.scroll_into_view_if_needed()
    box, bars = axis.bounding_box(), int(page.locator("figure[data-bars]").first.get_attribute("data-bars") or 1)
    assert box
    return box["x"] + (bar + 0.5) * box["width"] / bars, box["y"] + 12


def test_a_range_is_in_the_address_and_the_address_is_the_view(visit):
    one = visit("/")
    one.page.get_by_role("navigation", name="Range").get_by_role("link", name="7 d").click()
    assert words(one.page) == {"since": "-7d"}
    other = visit(one.page.url.removeprefix(one.site.url))
    for page in (one.page, other.page):
        assert page.locator("nav[aria-label=Range] [aria-current]").inner_text() == "7 d"
        assert (
            "1 h per bar" in page.locator("figure[data-bars]").first.inner_text() or page.locator("figcaption").count()
        )
    assert (
        one.page.locator("dl.figures, .figures").first.inner_text() == other.page.locator(".figures").first.inner_text()
    )


@pytest.mark.parametrize("name", CHARTED)
def test_dragging_over_a_chart_shows_that_span(visit, name):
    person = visit(PAGES[name])
    page, before = person.page, words(person.page)
    step = int(page.locator("figure[data-bars]").first.get_attribute("data-step") or 0)
    bars = int(page.locator("figure[data-bars]").first.get_attribute("data-bars") or 0)
    (left, y), (right, _) = point_at(page, bars // 3), point_at(page, bars // 3 + 9)
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move((left + right) / 2, y, steps=3)
    assert page.locator(".brush").first.is_visible()
    with page.expect_navigation():
        page.mouse.move(right, y)
        page.mouse.up()
    after = words(page)
    assert set(after) == {*before, "since", "until"}
    figure = page.locator("figure[data-bars]").first
    shown = int(figure.get_attribute("data-bars") or 0) * int(figure.get_attribute("data-step") or 0)
    assert 10 * step <= shown < 12 * step + 3600
    assert person.problems == []


def test_pointing_at_a_chart_reads_out_the_numbers_of_its_table(visit):
    page = visit("/").page
    bar = busiest(page)
    page.mouse.move(*point_at(page, bar))
    said = read_out(page)
    assert in_table(page, bar) and all(number in said for number in in_table(page, bar))
    page.mouse.move(5, 5)
    assert page.locator(".readout:visible").count() == 0


def test_keys_walk_along_the_time_axis_and_open_the_outcomes(visit):
    person = visit("/")
    page, axis = person.page, person.page.locator(".time-axis").first
    for _ in range(80):
        page.keyboard.press("Tab")
        if axis.evaluate("(axis) => axis === document.activeElement"):
            break
    else:
        raise AssertionError("Tab does not reach the time axis")
    last = axis.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    before = axis.get_attribute("aria-valuetext")
    assert before and before != last
    page.keyboard.press("Home")
    assert axis.get_attribute("aria-valuenow") == "0"
    page.keyboard.press("End")
    assert axis.get_attribute("aria-valuetext") == last
    page.keyboard.press("PageUp")
    page.keyboard.press("PageDown")
    assert page.locator(".readout:visible").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".readout:visible").count() == 0
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/outcomes/" in page.url and set(words(page)) == {"since", "until"}
    assert person.problems == []


def test_a_bar_leads_to_its_outcomes(visit):
    page = visit("/").page
    bar = busiest(page)
    link = page.locator("figure[data-bars] >> nth=0 >> svg a[href*='code_class=5xx']").first
    address = link.get_attribute("href") or ""
    with page.expect_navigation():
        link.click()
    assert page.url.endswith(address) and bar >= 0
    codes = page.locator("main tbody .badge").all_inner_texts()
    assert codes and all(re.fullmatch(r"5\d\d", code) for code in codes)


def test_filters_are_in_the_address_and_can_be_taken_away(visit):
    page = visit("/outcomes/?code_class=5xx&since=-7d").page
    page.get_by_role("link", name="Remove the filter code_class").click()
    page.wait_for_url("**/outcomes/?since=-7d")
    assert words(page) == {"since": "-7d"}


def test_a_span_is_given_in_the_zone_of_whoever_looks_and_kept_in_utc(visit):
    page = visit("/", user="taras").page
    page.get_by_text("Custom", exact=True).click()
    page.get_by_label("Since").fill("2026-03-04T14:00")
    page.get_by_label("Until").fill("2026-03-04T16:00")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**since=2026-03-04T12%3A00%3A00Z&until=2026-03-04T14%3A00%3A00Z")
    assert page.get_by_label("Since").input_value() == "2026-03-04T14:00"
