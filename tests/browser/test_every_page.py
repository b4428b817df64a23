"""Every page with script, wide and narrow, light and dark: nothing refused, nothing said, nothing cut off."""

import pytest

from tests.browser.content import MARKUP
from tests.browser.pages import PAGES, PUBLIC
from tests.browser.visit import NARROW, SCHEMES, WIDE

HOSTILE_PAGES = [name for name in PAGES if "hostile" in name]


@pytest.mark.parametrize("name", [*PAGES, *PUBLIC])
def test_a_page_is_shown_whole_and_in_silence(visit, name):
    person = visit((PAGES | PUBLIC)[name], user="" if name in PUBLIC else "admin", size=NARROW)
    assert person.status == 200
    for scheme in SCHEMES:
        for size in (NARROW, WIDE):
            person.page.emulate_media(color_scheme=scheme)
            person.page.set_viewport_size(size)
            assert person.cut_off() == [], (scheme, size)
    assert person.problems == []


def test_what_would_be_cut_off_is_noticed(visit):
    person = visit("/codes/")
    person.page.evaluate("document.querySelector('h1').style.width = '1500px'")
    assert person.cut_off()[0].startswith("15")


def test_what_the_policy_refuses_is_noticed(visit):
    person = visit("/codes/")
    person.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    person.page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://elsewhere.example/x.png' }))")
    person.page.wait_for_timeout(200)
    said = "\n".join(person.problems)
    assert "refused style-src" in said and "refused img-src" in said and len(person.problems) >= 2


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_texts_that_mean_no_good_are_texts(visit, name):
    page = visit(PAGES[name]).page
    assert MARKUP in page.locator("main").inner_text()
    assert page.locator("main script, main img, main [onerror]").count() == 0


def test_dark_is_dark(visit):
    person = visit("/", scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = person.page.evaluate(colour)
    person.page.emulate_media(color_scheme="light")
    assert dark != person.page.evaluate(colour)
