"""Many JSON values out of pieces of any length: the same as from the whole, and none read further than its end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.api.items import LONGEST, TOO_LONG, Document, Malformed, lines

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def cut(data, size):
    return (data[at : at + size] for at in range(0, len(data), size))


def read(data, size=7):
    return list(Document(cut(data, size)))


@given(st.lists(values, max_size=6), st.integers(1, 40), st.sampled_from([None, 2]))
def test_the_items_of_an_array_in_pieces_of_any_size(items, size, indent):
    data = json.dumps(items, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if b"\xed" not in data or data.decode("utf-8", "ignore").encode() == data:
        document = Document(cut(data, size))
        assert document.is_array
        assert list(document) == items


@given(st.dictionaries(st.text("abc", max_size=5), values, max_size=3), st.integers(1, 40))
def test_one_value_in_pieces_of_any_size(value, size):
    document = Document(cut(json.dumps(value).encode(), size))
    assert not document.is_array
    assert list(document) == [value]


@given(st.lists(values, max_size=6), st.integers(1, 40))
def test_the_lines_of_ndjson_in_pieces_of_any_size(items, size):
    data = "".join(f"{json.dumps(item)}\n" for item in items).encode()
    assert list(lines(cut(data, size))) == items


@given(st.binary(max_size=60), st.integers(1, 20))
def test_any_bytes_give_values_or_a_sentence(data, size):
    list(lines(cut(data, size)))
    try:
        read(data, size)
    except ValueError as error:
        assert str(error)


def test_the_last_line_needs_no_end_and_blank_ones_are_none():
    assert list(lines([b'\r\n{"a": 1}\r\n\n  \n{"b"', b": 2}"])) == [{"a": 1}, {"b": 2}]


def test_a_line_that_is_no_json_leaves_the_others_alone():
    first, bad, twice, last = lines([b'1\n{"a"\n{"a":1,"a":2}\n2'])
    assert (first, last) == (1, 2)
    assert bad == Malformed("No JSON at line 1, column 5: Expecting ':' delimiter.")
    assert twice == Malformed("The name 'a' stands twice in one object.")


def test_a_line_that_is_too_long_is_skipped_to_its_end():
    long = b'"' + b"x" * (2 * LONGEST) + b'"\n'
    assert list(lines(cut(b"1\n" + long + b"2\n", 1000))) == [1, Malformed(TOO_LONG), 2]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "No JSON: Expecting value."),
        (b"[", "Item 0: No JSON"),
        (b"[1,]", "Item 1: No JSON"),
        (b"[1 2]", "a comma or ] is missing after item 0"),
        (b"[1", "a comma or ] is missing after item 0"),
        (b"[1] 2", "something follows"),
        (b"{} {}", "something follows"),
        (b"[NaN]", "Item 0: NaN is no JSON"),
        (b'[1, {"a": 1, "a": 2}]', "Item 1: The name 'a' stands twice"),
        (b'["\xff"]', "no UTF-8"),
        (b'["\xc3', "no UTF-8"),
        (b"[" * 100_000, "Nested deeper"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "Nested deeper"),
        (b'["' + b"x" * LONGEST + b'"]', TOO_LONG),
        (b'["' + b"x" * (3 * LONGEST), TOO_LONG),
    ],
)
def test_what_is_no_strict_json_says_why(data, sentence):
    with pytest.raises(ValueError) as caught:
        read(data, 65_536)
    assert sentence in str(caught.value)
