"""The words of checks: what each holds for, and what is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.comparison import WORDS, comparison_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
VALUES = {
    "less": 5,
    "greater": "5",
    "in": "a, 5",
    "after": "-1d",
    "before": "2026-01-01",
    "present": None,
    "absent": "",
}


@pytest.mark.parametrize(
    ("word", "value", "holding", "failing"),
    [
        ("equals", "ok", ["ok"], ["OK", "okay", None, ["ok"]]),
        ("equals", "3", ["3", 3], [3.5, "3.0", [3]]),
        ("equals", 1, [1, 1.0, "1"], [True, 2]),
        ("equals", True, [True, "true"], [1, "True"]),
        ("equals", {"a": [1]}, [{"a": [1]}], [{"a": [2]}]),
        ("differs", "failed", ["ready", 3, None], ["failed"]),
        ("contains", "ea", ["ready", {"x": "ea"}], ["r", []]),
        ("contains", "a", [["a", "b"]], [["ab"]]),
        ("lacks", "error", ["fine"], ["an error"]),
        ("matches", r"^\d+\.\d+", ["8.2", 8.2], ["x", "8"]),
        ("lacks_match", "(?i)error", ["fine"], ["ERROR"]),
        ("less", "10", [9, "9.5", -1], [10, "x", True, None, float("nan")]),
        ("greater", 10, [11, "1e3"], [10, "x", float("inf")]),
        ("in", "a, b,3", ["a", "b", 3], ["c", "a, b"]),
        ("in", [1, None], [1, None], [2]),
        ("after", "30d", ["2027-01-01", 1830000000], ["2026-11-25", "soon", None]),
        ("before", "now", ["2020-01-01"], ["2027-01-01", "soon"]),
        ("present", None, ["", None, 0], []),
    ],
)
def test_each_word_holds_for_what_it_says(word, value, holding, failing):
    comparison = comparison_of(word, value)
    assert [found for found in holding if not comparison.holds(found, NOW)] == []
    assert [found for found in failing if comparison.holds(found, NOW)] == []


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("like", "x", "'like' is not one of equals, differs"),
        (None, "x", "is not one of"),
        (["equals"], "x", "is not one of"),
        ("equals", None, "Give a value"),
        ("equals", "x" * 2001, "at most 2000"),
        ("contains", "", "1 to 2000"),
        ("contains", {}, "1 to 2000"),
        ("matches", "(", "no regular expression"),
        ("less", "many", "Give a number"),
        ("less", True, "Give a number"),
        ("less", "nan", "Give a number"),
        ("in", "", "separated by commas"),
        ("in", {"a": 1}, "separated by commas"),
        ("after", "soon", "names no moment"),
        ("after", 5, "names no moment"),
        ("present", "x", "takes no value"),
    ],
)
def test_what_is_refused_is_told_what_is_allowed(word, value, said):
    with pytest.raises(ValueError, match=said):
        comparison_of(word, value)


@given(st.sampled_from(list(WORDS)), JSON)
def test_every_word_has_an_answer_for_every_value(word, found):
    assert comparison_of(word, VALUES.get(word, "a")).holds(found, NOW) in (True, False)


@given(st.sampled_from(list(WORDS)) | st.text(max_size=5), JSON)
def test_every_value_is_read_or_refused(word, value):
    try:
        assert comparison_of(word, value).phrase
    except ValueError as error:
        assert str(error).endswith(".")
