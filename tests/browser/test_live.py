"""Pages that refresh themselves. The page's clock is wound on, but for one test that waits as people do."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.visit import Visit

ROUND = 5_000
"""Milliseconds between two looks."""
SECONDS = re.compile(r"pdated (\d+) s ago")


def ticking(visit, path: str, **how) -> Visit:
    """A page whose clock stands until it is wound on."""
    person = visit(**how)
    person.page.clock.install()
    person.goto(path)
    person.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    return person


def turn(person: Visit) -> int:
    """Let the page look once more; what it was answered."""
    page, before = person.page, len(person.fetched())
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        page.clock.run_for(ROUND)
    expect(page.locator("#live .state")).to_have_text(SECONDS)
    return person.statuses(before)[-1]


def turn_until_it_changes(person: Visit) -> None:
    """What was stored before is seen by the next look."""
    assert 200 in [turn(person), turn(person)]


def total(page: Page) -> str:
    return page.locator("main .figures dd").first.inner_text()


def test_an_outcome_appears_without_reload_while_people_wait(visit):
    person = visit("/services/shop/basket/")
    person.page.evaluate("window.unloaded = false")
    added = person.site.add("basket", 418)
    expect(person.page.locator(f"main a[href*='/outcomes/{added}/']").first).to_be_visible(timeout=20_000)
    assert person.page.evaluate("window.unloaded") is False
    assert person.problems == []


def test_a_page_that_has_not_changed_is_not_sent_again(visit):
    person = ticking(visit, "/")
    answers = [turn(person) for _ in range(3)]
    assert answers.count(304) >= 2, answers  # a minute may have begun meanwhile
    assert person.problems == []


def test_what_a_reader_did_survives(visit):
    person = ticking(visit, "/services/shop/basket/", size={"width": 900, "height": 500})
    page = person.page
    page.locator("main details.twin summary").first.click()
    box = page.locator("main .scroll:has(table.outcomes)").first
    box.evaluate("(box) => (box.scrollLeft = 60)")
    scrolled = box.evaluate("(box) => box.scrollLeft")
    link = page.locator("main table.outcomes tbody tr >> nth=3 >> a").first
    link.focus()
    href, y = link.get_attribute("href"), page.evaluate("scrollY")
    page.evaluate("window.unloaded = false")
    added = person.site.add("basket", 418)
    turn_until_it_changes(person)
    expect(page.locator(f"main a[href*='/outcomes/{added}/']").first).to_be_attached()
    assert page.locator("main details.twin").first.evaluate("(one) => one.open")
    assert page.evaluate("document.activeElement.getAttribute('href')") == href
    assert box.evaluate("(box) => box.scrollLeft") == scrolled > 0
    assert abs(page.evaluate("scrollY") - y) < 80 and page.evaluate("window.unloaded") is False
    assert person.problems == []


def test_a_chart_that_was_put_in_again_still_reads_out(visit):
    person = ticking(visit, "/")
    person.site.add("orders", 500)
    turn_until_it_changes(person)
    person.page.locator(".time-axis").first.focus()
    assert person.page.locator(".readout:visible").count() == 1


def test_the_switch_stops_and_goes_on(visit):
    person = ticking(visit, "/")
    page, live = person.page, person.page.locator("#live")
    live.get_by_role("button", name="Pause").click()
    assert live.get_by_role("button").get_attribute("aria-pressed") == "true"
    before = len(person.fetched())
    page.clock.run_for(6 * ROUND)
    assert "Paused" in live.inner_text() and len(person.fetched()) == before
    page.reload()
    assert "Paused" in live.inner_text()
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        live.get_by_role("button", name="Resume").click()


def test_it_says_how_old_it_is(visit):
    person = ticking(visit, "/")
    page, state = person.page, person.page.locator("#live .state")
    page.locator("#live button").click()  # or it would be updated meanwhile
    first = SECONDS.search(state.inner_text())
    page.clock.run_for(20_000)
    second = SECONDS.search(state.inner_text())
    assert first and second and int(second[1]) == int(first[1]) + 20


def test_relative_times_stay_true(visit):
    person = ticking(visit, "/outcomes/{passed}/")
    page = person.page
    page.goto(person.site.address("/services/shop/basket/"))
    moment = page.locator("main time[data-ago]").first
    before = moment.inner_text()
    page.locator("#live button").click()
    page.clock.run_for(3 * 60_000)
    assert moment.inner_text() != before
    assert re.fullmatch(r"\d+ min ago", moment.inner_text())


def test_a_session_that_ended_is_told(visit):
    person = ticking(visit, "/")
    person.context.clear_cookies()
    person.page.clock.run_for(ROUND)
    state = person.page.locator("#live .state")
    expect(state).to_contain_text("logged out: reload the page")
    assert person.page.locator("h1").inner_text() == "Overview"


def test_a_server_that_does_not_answer_is_told_and_asked_again_later(visit):
    person = ticking(visit, "/")
    state = person.page.locator("#live .state")
    person.context.set_offline(True)
    person.page.clock.run_for(ROUND)
    expect(state).to_contain_text("the server does not answer")
    person.context.set_offline(False)
    with person.page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        person.page.clock.run_for(3 * ROUND)
    expect(state).to_have_text(SECONDS)
