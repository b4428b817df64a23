from xml.etree import ElementTree

from apiclient.catalogue import Category, CodeClass
from dashboard.charts.hatch import fill, hatches, swatch


def test_every_class_and_category_has_a_hatch_that_the_page_defines() -> None:
    ids = {one.get("id") for one in ElementTree.fromstring(hatches()).iter("pattern")}  # noqa: S314
    assert {f"url(#{name})" for name in ids} == {fill(str(word)) for word in [*CodeClass, *Category]}


def test_hatches_differ_from_each_other() -> None:
    paths = [one[-1].get("d") for one in ElementTree.fromstring(hatches()).iter("pattern")]  # noqa: S314
    assert len(set(paths)) == len(paths)


def test_another_key_has_no_hatch() -> None:
    assert fill("42") is None
    assert "url" not in swatch("42")
