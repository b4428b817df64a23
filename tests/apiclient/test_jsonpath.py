"""JSONPath: what RFC 9535 finds, found in bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient import jsonpath
from apiclient.jsonpath import DEEPEST, TooMuch

DOCUMENT = {"items": [{"state": "ok", "n": 1}, {"state": "bad", "n": 2}], "text": '{"a": 1}', "none": None}
LARGE = {"items": [{"state": "ok", "text": "a" * 28 + "!"} for _ in range(20_000)]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)
PATHS = st.lists(
    st.sampled_from(["$", "@", ".", "..", "[", "]", "?", "*", "a", "'b'", "0", ":", "==", "(", ")", "&&", ","])
).map("".join)


def nested(levels):
    document = []
    for _ in range(levels):
        document = [document]
    return document


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$", [DOCUMENT]),
        ("$.items[0].state", ["ok"]),
        ("$.items[*].n", [1, 2]),
        ("$.items[-1:].n", [2]),
        ("$..state", ["ok", "bad"]),
        ("$.items[?@.state == 'bad'].n", [2]),
        ("$.items[?match(@.state, 'b.*')].n", [2]),
        ("$.items[?search(@.state, '(')].n", []),
        ("$.items[?search(@.state, 'k')].n", [1]),
        ("$.items[?count(@.*) == 2 && length(@.state) == 3].n", [2]),
        ("$.items[?@.n == $.items[1].n].state", ["bad"]),
        ("$.missing", []),
        ("$.none", [None]),
        ("$.text.a", []),
    ],
)
def test_what_the_rfc_finds_is_found(path, values):
    assert jsonpath.compile(path).values(DOCUMENT) == values


def test_a_text_is_not_read_as_json():
    assert jsonpath.compile("$.a").values('{"a": 1}') == []
    assert jsonpath.compile("$").first('{"a": 1') == '{"a": 1'


@pytest.mark.parametrize("path", ["", "items", "$.", "$ ", "$.a | $.b", "^.a", "$[?@.n =~ /a/]", "$[?_.x]", "$\0"])
def test_what_is_no_path_is_refused_with_an_example(path):
    with pytest.raises(ValueError, match=r"such as \$\.items\[0\]\.state"):
        jsonpath.compile(path)


@pytest.mark.parametrize("path", ["$" + "[?@" * 300 + "]" * 300, "$[?" + "(" * 480 + "@.a" + ")" * 480 + "]"])
def test_a_path_nested_without_end_is_compiled_or_refused(path):
    try:
        jsonpath.compile(path)
    except ValueError as error:
        assert "JSONPath" in str(error)


@pytest.mark.parametrize("path", ["$..*..*", "$.items[*,*,*]..[*,*,*]", "$..[?@..[?@..x]]", "$..[::-1, ::1, *, *]"])
def test_a_path_that_visits_everything_again_and_again_is_stopped(path):
    began = time.monotonic()
    with pytest.raises(TooMuch, match="more than 300000 places"):
        jsonpath.compile(path).values(LARGE)
    assert time.monotonic() - began < 8


def test_a_catastrophic_match_takes_no_time():
    began = time.monotonic()
    assert jsonpath.compile("$.items[?match(@.text, '^(a+)+$')]").values(LARGE) == []
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["$..a", "$..*"])
def test_a_document_nested_deeper_than_is_visited_says_so(path):
    assert jsonpath.compile(path).values(nested(DEEPEST - 5)) is not None
    with pytest.raises(TooMuch, match="nested deeper than the 100 levels"):
        jsonpath.compile(path).values(nested(900))


@given(PATHS, JSON)
def test_any_path_is_compiled_or_refused_and_judges_any_document(path, document):
    try:
        found = jsonpath.compile(path)
    except ValueError:
        return
    assert isinstance(found.values(document), list)
