"""Every page by axe-core: WCAG 2.2 A and AA, and its best practices."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES, PUBLIC
from tests.browser.visit import NARROW, WIDE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
PLACES = EVERYTHING | {"rules": {"color-contrast": {"enabled": False}}}
"""What may depend on the width: colours do not."""
LOOKS = (("light", WIDE, EVERYTHING), ("dark", WIDE, COLOURS), ("dark", NARROW, PLACES))


def violations(page, options) -> list[str]:
    """A line for each element and what axe has against it."""
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:160]} ({' '.join(node['failureSummary'].split())[:300]})"
        for one in found
        for node in one["nodes"][:5]
    ]


@pytest.mark.parametrize("name", [*PAGES, *PUBLIC])
def test_axe_finds_nothing(visit, name):
    page = visit((PAGES | PUBLIC)[name], user="" if name in PUBLIC else "admin").page
    found = []
    for scheme, size, options in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [f"{scheme} {size['width']} px, {one}" for one in violations(page, options)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_what_opens(visit):
    page = visit("/").page
    for summary in page.locator("main summary").all():
        summary.click()
    page.locator(".time-axis").first.focus()
    found = violations(page, EVERYTHING)
    assert not found, "\n".join(found)
