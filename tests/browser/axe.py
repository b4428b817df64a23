"""What axe-core has against a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
PLACES = {"runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "link-in-text-block"]}}
"""What depends on the width: names, roles and colours do not."""
FEW = """() => {
  for (const alike of [".twin tbody tr", ".chart .bar > *", ".outcomes tbody tr", "datalist option"]) {
    [...document.querySelectorAll(alike)].slice(12).forEach((one) => one.remove());
  }
}"""
"""Of hundreds of rows and bars that are alike, axe looks at a dozen: it takes half a minute otherwise."""


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """A line for each element and what axe has against it. Takes rows off the page."""
    page.evaluate(FEW)
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:160]} ({' '.join(node['failureSummary'].split())[:300]})"
        for one in found
        for node in one["nodes"][:5]
    ]
