"""People's regular expressions: linear in time, bounded in size, and refused with a sentence."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient import pattern

ANY_TEXT = st.text(st.characters(), max_size=60)


def test_it_searches_anywhere_and_holds_fast_where_it_is_told_to():
    assert pattern.compile(r"\d+").found_in("release 8.2")
    assert not pattern.compile(r"^\d+").found_in("release 8.2")
    assert pattern.compile(r"\d+").is_all_of("82") and not pattern.compile(r"\d+").is_all_of("8.2")


def test_the_first_group_is_what_is_taken():
    assert pattern.compile(r"token=(\w+)").first("a token=x1 token=x2") == "x1"
    assert pattern.compile(r"x\d").first("a token=x1") == "x1"
    assert pattern.compile("(a)|b").first("b") == ""
    assert pattern.compile("z").first("b") is None
    assert pattern.compile("ключ=(.)").first("ключ=ж") == "ж"


@pytest.mark.parametrize("text", [r"^(a+)+$", r"^(a|aa)+$", r"(.*)*(.*)*x$", r"(a?){50}a{50}$"])
def test_what_blows_up_elsewhere_takes_no_time(text):
    began = time.monotonic()
    assert not pattern.compile(text).found_in("a" * 100_000 + "!")
    assert time.monotonic() - began < 2


def test_the_worst_expression_that_is_let_in_ends_within_seconds():
    letters = "".join(random.choices("ab", k=1 << 20))
    began = time.monotonic()
    assert not pattern.compile("[ab]*a[ab]{500}c").found_in(letters)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", r"missing \)"),
        ("(?=a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape"),
        ("(a{100}){100}", "invalid repetition size"),
        (r"\pL{30}", "too large"),
        ("x" * 1001, "at most 1000 are allowed"),
    ],
)
def test_what_is_refused_is_told_why(text, said):
    with pytest.raises(ValueError, match=said):
        pattern.compile(text)


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_compiled_or_refused_and_any_text_is_searched(text, other):
    try:
        found = pattern.compile(text)
    except ValueError:
        return
    assert isinstance(found.found_in(other), bool)
    assert found.first(other) is None or isinstance(found.first(other), str)
