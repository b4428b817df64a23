"""Parts know where they stand, and follow references within the file only."""

import pytest

from apiclient.importers import part
from apiclient.importers.part import Root

DOCUMENT = {
    "a": {"b": [{"c": 1}, {"$ref": "#/x~1y/0"}]},
    "x/y": [{"name": "found"}],
    "loop": {"$ref": "#/loop"},
    "far": {"$ref": "https://evil.example/x.yaml#/a"},
    "file": {"$ref": "file:///etc/passwd"},
    "gone": {"$ref": "#/nowhere"},
    "text": "t",
    "flag": "yes",
}


def test_a_part_spells_its_place():
    items = list(Root(DOCUMENT, has_references=True).part.at("a").at("b").items())
    assert items[0].place == "a.b[0]"
    assert (items[1].place, items[1].text("name")) == ("x/y[0]", "found")


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (lambda root: root.at("far"), "far: the reference 'https://evil.example/x.yaml#/a' leads out of this file"),
        (lambda root: root.at("file"), "file: the reference 'file:///etc/passwd' leads out of this file"),
        (lambda root: root.at("gone"), "gone: the reference '#/nowhere' names what is not in this file."),
        (lambda root: root.at("loop"), "loop: its references lead from one to the next without end."),
        (lambda root: root.at("text").at("x"), "text: must be an object and is a text."),
        (lambda root: list(root.at("a").items()), "a: must be a list and is an object."),
        (lambda root: root.text("a"), "a: must be a text and is an object."),
        (lambda root: root.flag("flag"), "flag: must be true or false and is a text."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(take, sentence):
    with pytest.raises(ValueError) as refused:
        take(Root(DOCUMENT, has_references=True).part)
    assert str(refused.value).startswith(sentence)


def test_what_is_missing_is_empty():
    missing = Root(DOCUMENT, has_references=True).part.at("nothing").at("at").at("all")
    assert (missing.value, list(missing.items()), list(missing.members()), missing.text("x"), missing.flag("x")) == (
        None, [], [], "", None,
    )  # fmt: skip


def test_steps_end_somewhere(monkeypatch):
    monkeypatch.setattr(part, "MOST_STEPS", 10)
    root = Root({"a": [1] * 20})
    with pytest.raises(ValueError, match="more parts than can be followed"):
        list(root.part.at("a").items())
