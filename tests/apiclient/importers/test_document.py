"""Documents of strangers: what is odd is refused with its place, in bounded time."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.importers import document
from apiclient.importers.document import load, text_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=30,
)


def test_json_and_yaml_say_the_same():
    assert (
        load('{"a": [1, 2.5, true, null, "x"]}')
        == load("a: [1, 2.5, true, null, x]")
        == load("\ufeffa:\n- 1\n- 2.5\n- true\n- ~\n- 'x'")
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("  \n", "The file is empty."),
        ("a\nb\0", "line 2: a NUL character, which no text holds."),
        ('{"a": "\\u0000"}', "a: holds a NUL character."),
        ('{"a": ["\\ud800"]}', "a[0]: holds half a character (a lone surrogate)."),
        ('{"\\ud800": 1}', "the file: a key holds half a character (a lone surrogate)."),
        ("a: \ud800", "The file holds half a character (a lone surrogate)."),
        ('{"a": 1,}', "line 1, column 9: this is no JSON (Expecting property name enclosed in double quotes)."),
        ('{"a": {"b": 1, "c": 2, "b": 3}}', "a: the key 'b' is given twice."),
        ('{"a": NaN}', "NaN is no number of JSON."),
        ('{"a": 1e999}', "a: holds a number that is too large."),
        ('{"a": ' + "9" * 5000 + "}", f"The number {'9' * 20}... has 5000 digits, which is more than anybody counts."),
        ("[" * 100_000, "The JSON is nested deeper than 120 levels."),
        ("[" * 200 + "]" * 200, f"{'[0]' * 121}: nested deeper than 120 levels."),
        ("a: " + "[" * 100_000, "line 1: nested deeper than 120 levels."),
    ],
)  # fmt: skip
def test_what_is_odd_is_refused_with_its_place(text, sentence):
    started = time.process_time()
    with pytest.raises(ValueError) as refused:
        load(text)
    assert str(refused.value) == sentence
    assert time.process_time() - started < 2


def test_an_endless_file_is_not_even_read(monkeypatch):
    with pytest.raises(ValueError, match="at most 16777216 are read"):
        load("a" * 50_000_000)
    monkeypatch.setattr(document, "MOST", 100)
    with pytest.raises(ValueError, match="more than 100 values"):
        load(json.dumps([0] * 200))
    with pytest.raises(ValueError, match="line 1: more than 100 values"):
        load(f"a: [{'0, ' * 200}]")


def test_bytes_that_are_no_text_are_named():
    assert text_of("\ufeffé".encode()) == "é"
    with pytest.raises(ValueError, match=r"line 2: byte 2 \(0xff\) is no UTF-8 text\."):
        text_of(b"a\n\xff")
    with pytest.raises(ValueError, match="characters are read"):
        text_of(bytes(70_000_000))


@given(VALUES)
def test_whatever_json_says_is_read_as_it_is_or_refused(value):
    text = json.dumps({"a": value})
    try:
        found = load(text)
    except ValueError as error:
        assert "NUL" in str(error) or "half a character" in str(error)
    else:
        assert found == {"a": value}


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        load(text)
    except ValueError as error:
        assert str(error)
