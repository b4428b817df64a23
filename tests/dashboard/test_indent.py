"""JSON as text: a line for each member, and not one character of it changed."""

import json

import pytest

from dashboard.indent import DEEPEST, LONGEST, indented


def test_members_stand_below_each_other_as_they_were_written():
    text = '{"a":[1, 2.50,{},[ ]],"b":"x, {y} \\" :","a":-0}'
    assert indented(text).splitlines() == [
        "{",
        '  "a": [',
        "    1,",
        "    2.50,",
        "    {},",
        "    [ ]",
        "  ],",
        '  "b": "x, {y} \\" :",',
        '  "a": -0',
        "}",
    ]


@pytest.mark.parametrize("value", [{"a": {"b": [True, None, "é\u202e"]}}, [[], [[1]]], {"": "\\"}, [1e300, "\n"]])
def test_it_still_says_the_same(value):
    assert json.loads(indented(json.dumps(value))) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        '"text"',
        "<p>",
        "{",
        '{"a": }',
        "[" * 100_000,
        "[" * (DEEPEST + 1) + "1" + "]" * (DEEPEST + 1),
        "[" + "1," * LONGEST + "1]",
    ],
)
def test_what_is_no_json_too_deep_or_too_long_is_left_as_it_is(text):
    assert indented(text) == ""
