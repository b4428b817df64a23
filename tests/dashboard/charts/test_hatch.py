from xml.etree import ElementTree

from apiclient.catalogue import Category, CodeClass
from dashboard.charts.hatch import NEUTRAL, fill, hatches, looks, swatch


def test_every_look_has_a_hatch_that_the_page_defines() -> None:
    ids = {one.get("id") for one in ElementTree.fromstring(hatches()).iter("pattern")}  # noqa: S314
    assert {f"url(#{name})" for name in ids} == {fill(str(look)) for look in [*CodeClass, *Category, *NEUTRAL]}


def test_hatches_differ_from_each_other() -> None:
    paths = [one[-1].get("d") for one in ElementTree.fromstring(hatches()).iter("pattern")]  # noqa: S314
    assert len(set(paths)) == len(paths)


def test_another_key_has_no_hatch() -> None:
    assert fill("42") is None
    assert "url" not in swatch("42")


def test_classes_look_like_themselves_and_other_groups_by_their_place() -> None:
    assert looks(["2xx", "no_response", "dns", "7", ""]) == {
        "2xx": "2xx", "no_response": "no_response", "dns": "other-2", "7": "other-3", "": "other-4",
    }  # fmt: skip


def test_as_many_groups_as_there_are_neutral_looks_differ_and_none_looks_like_a_class() -> None:
    found = looks(str(number) for number in range(len(NEUTRAL)))
    assert len(set(found.values())) == len(NEUTRAL) and set(found.values()) == set(NEUTRAL)
    assert "hatch-other-3" in swatch("other-3")
