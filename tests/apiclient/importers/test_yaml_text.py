"""YAML without surprises: 1.2's plain values, no tags, aliases counted as if written out."""

import time
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apiclient.importers.yaml_text import read_yaml


def read(text: str):
    return read_yaml(text, deepest=50, most=10_000)


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("-", [None]),
        ("'1'", "1"),
        ('"\\u00e9"', "é"),
        ("|\n  x\n  y", "x\ny"),
    ],
)
def test_plain_values_are_those_of_yaml_1_2(plain, value):
    assert read(f"a: {plain}" if plain != "-" else "a:\n-") == {"a": value}


def test_keys_are_texts_as_they_are_written():
    assert read("200: a\n4XX: b\n1.0: c\ntrue: d\nnull: e") == {
        "200": "a",
        "4XX": "b",
        "1.0": "c",
        "true": "d",
        "null": "e",
    }


def test_aliases_and_merges_are_read():
    assert read("a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\nd: {<<: [*x, {r: 4}]}") == {
        "a": {"p": 1, "q": 2},
        "b": {"p": 1, "q": 2},
        "c": {"p": 1, "q": 3},
        "d": {"p": 1, "q": 2, "r": 4},
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a: 1\nb: !!python/object/apply:os.system [ls]",
            "line 2: the tag tag:yaml.org,2002:python/object/apply:os.system is not read; write the plain value.",
        ),
        ("a: !!str 1", "line 1: the tag tag:yaml.org,2002:str is not read; write the plain value."),
        ("!secret {a: 1}", "line 1: the tag !secret is not read; write the plain value."),
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' is given twice."),
        ("a: &x [*x]", "line 1: *x stands within itself."),
        ("a: *x", "line 1: *x is named and nowhere given."),
        ("? [a]\n: b", "line 1: a list or mapping is no key."),
        ("a: 1\n---\nb: 2", "line 2: a second document begins; one file holds one."),
        ("a: {<<: [1]}", "line 1: << merges mappings, and this is none."),
        ("a: [1\nb: 2", "line 2, column 2: this is no YAML (did not find expected ',' or ']')."),
        ("a:\n\tb: 1", "line 2, column 1: this is no YAML (found character that cannot start any token)."),
        (
            "a: \x07",
            "This is no YAML (unacceptable character #x0007: control characters are not allowed"
            ' in "<unicode string>", position 3).',
        ),
    ],
)
def test_what_is_refused_names_its_line(text, sentence):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert str(refused.value) == sentence


def test_an_alias_bomb_goes_off_harmlessly():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 40)]
    started = time.process_time()
    with pytest.raises(ValueError, match=r"line 4: more than 10000 values, aliases written out\."):
        read("\n".join(lines))
    assert time.process_time() - started < 1


def test_aliases_cannot_nest_deeper_than_brackets():
    lines = ["a0: &a0 [x]", *(f"a{at}: &a{at} [*a{at - 1}]" for at in range(1, 60))]
    with pytest.raises(ValueError, match="nested deeper than 50 levels, aliases written out"):
        read("\n".join(lines))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["C"])) | st.dates(),
        lambda children: st.lists(children) | st.dictionaries(st.text("abc", min_size=1), children),
        max_leaves=20,
    )
)
def test_what_another_library_writes_is_read(value):
    def plain(part):
        if isinstance(part, dict):
            return {key: plain(item) for key, item in part.items()}
        return (
            [plain(item) for item in part] if isinstance(part, list) else str(part) if isinstance(part, date) else part
        )

    assert read(yaml.safe_dump({"a": value})) == {"a": plain(value)}
