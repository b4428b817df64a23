"""Every page without script, on a phone first: it is whole before anything is added to it."""

import pytest

from tests.browser.pages import CHARTED, PAGES, PUBLIC
from tests.browser.visit import NARROW, SCHEMES, WIDE


@pytest.mark.parametrize("name", [*PAGES, *PUBLIC])
def test_a_page_is_shown_whole_and_in_silence(visit, name):
    user = "" if name in PUBLIC else "admin"
    person = visit((PAGES | PUBLIC)[name], user=user, script=False, size=NARROW, scheme="dark")
    assert person.status == 200
    assert person.page.locator("h1").count() == 1 and person.page.locator("main").inner_text().strip()
    for scheme in SCHEMES:
        for size in (NARROW, WIDE):
            person.page.emulate_media(color_scheme=scheme)
            person.page.set_viewport_size(size)
            assert person.cut_off() == [], (scheme, size)
    assert person.problems == []


@pytest.mark.parametrize("name", CHARTED)
def test_a_chart_has_its_bars_and_its_table(visit, name):
    page = visit(PAGES[name], script=False).page
    chart = page.locator("figure[data-bars]").first
    assert chart.locator("svg.chart rect").count() > 0
    chart.locator("summary").first.click()
    assert chart.locator("table tbody tr").first.is_visible()


def test_a_bar_leads_to_its_outcomes(visit):
    page = visit("/", script=False).page
    page.locator("figure[data-bars] .bar.k-5xx a, figure[data-bars] a[href*='code_class=5xx&since']").first.click()
    assert "/outcomes/" in page.url and "code_class=5xx" in page.url and "since=" in page.url
    assert page.locator("table .badge").count() > 0


def test_a_filter_and_a_range_are_chosen_by_links_and_forms(visit):
    page = visit("/outcomes/", script=False).page
    page.get_by_role("link", name="7 d", exact=True).click()
    assert "since=-7d" in page.url
    page.locator("main form [name=verdict]").select_option("failed")
    page.locator("main form.filters button, main form button").last.click()
    assert "verdict=failed" in page.url and "since=-7d" in page.url


def test_colours_are_chosen_by_a_button(visit):
    page = visit("/", script=False, user="ann").page
    themes = []
    for _ in range(3):
        page.get_by_role("button", name="Colours").click()
        themes.append(page.locator("html").get_attribute("data-theme"))
    assert themes == ["dark", "light", None]


def test_somebody_logs_in_and_out(visit):
    person = visit("/outcomes/", user="", script=False)
    page = person.page
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    assert page.url == person.site.address("/outcomes/")
    page.get_by_role("button", name="Log out").click()
    assert "/accounts/login/" in page.url
