"""Zone and colours: of the browser, or as chosen."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

KYIV = ZoneInfo("Europe/Kyiv")


def first_time(page) -> tuple[str, str]:
    """The words of the first moment of the page, and what it says on hover."""
    moment = page.locator("main time:not([data-ago], [data-ahead])").first
    return moment.inner_text(), moment.get_attribute("title") or ""


def test_times_are_in_the_zone_of_the_browser_with_utc_on_hover(visit):
    person = visit("/outcomes/{error}/", zone="Europe/Kyiv")
    expect(person.page.locator("html")).to_have_attribute("data-zone", "Europe/Kyiv")
    shown, exact = first_time(person.page)
    assert exact.endswith("Z")
    assert shown == f"{datetime.fromisoformat(exact).astimezone(KYIV):%Y-%m-%d %H:%M:%S}"
    assert person.problems == []


def test_a_chosen_zone_goes_before_that_of_the_browser(visit):
    person = visit("/outcomes/{error}/", user="taras", zone="Asia/Tokyo")
    person.page.reload()
    shown, exact = first_time(person.page)
    assert shown == f"{datetime.fromisoformat(exact).astimezone(KYIV):%Y-%m-%d %H:%M:%S}"


def test_a_zone_is_chosen_and_a_wrong_one_is_told_beside_its_field(visit):
    page = visit("/preferences/", user="ann").page
    page.get_by_label("Time zone").fill("Mars/Olympus")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Time zone").input_value() == "Mars/Olympus"
    assert page.locator(".field-error").is_visible()
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    page.goto(page.url.replace("/preferences/", "/outcomes/"))
    assert page.locator("html").get_attribute("data-zone") == "Asia/Tokyo"


def test_colours_are_switched_by_a_button_and_stay(visit):
    person = visit("/", user="taras")
    page, html = person.page, person.page.locator("html")
    assert html.get_attribute("data-theme") is None
    page.get_by_role("button", name="Colours").click()
    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Colours").click()
    expect(html).to_have_attribute("data-theme", "light")
    assert dark != page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert person.problems == []
