"""Icons are drawings beside words: nothing is read aloud, nothing is fetched, nothing is inline style."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dashboard.templatetags.icons import icon

TEMPLATES = Path(__file__).parent.parent.parent / "dashboard" / "templates"
NAMED = sorted({
    name for path in TEMPLATES.rglob("*.html") for name in re.findall(r"{% icon ['\"]([\w-]+)['\"]", path.read_text())
})  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_every_icon_that_a_template_names_is_there(name):
    drawing = ElementTree.fromstring(icon(name))  # noqa: S314
    assert drawing.get("aria-hidden") == "true" and "icon" in (drawing.get("class") or "")
    assert (drawing.get("width"), drawing.get("height")) == ("16", "16")
    assert not re.search(r"\sstyle=|<script|<style", icon(name))


def test_a_size_may_be_given():
    assert ElementTree.fromstring(icon("play", 20)).get("width") == "20"  # noqa: S314
