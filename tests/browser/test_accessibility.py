"""Every page by axe-core: WCAG 2.2 A and AA, and its best practices."""

import pytest

from tests.browser.axe import COLOURS, EVERYTHING, PLACES, violations
from tests.browser.pages import PAGES, PUBLIC
from tests.browser.visit import NARROW, WIDE

LOOKS = (("light", WIDE, EVERYTHING), ("dark", WIDE, COLOURS), ("dark", NARROW, PLACES))


@pytest.mark.parametrize("name", [*PAGES, *PUBLIC])
def test_axe_finds_nothing(visit, name):
    person = visit((PAGES | PUBLIC)[name], user="" if name in PUBLIC else "admin")
    page, found = person.page, []
    for scheme, size, options in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [f"{scheme} {size['width']} px, {one}" for one in violations(page, options)]
    assert not found, "\n".join(found)
    assert person.problems == []


def test_axe_finds_nothing_in_what_opens(visit):
    page = visit("/").page
    for summary in page.locator("main summary").all():
        summary.click()
    page.locator(".time-axis").first.focus()
    found = violations(page, EVERYTHING)
    assert not found, "\n".join(found)
