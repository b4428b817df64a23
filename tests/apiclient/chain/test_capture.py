"""What is taken from an answer: from each place it may stand in, bounded, and missed in a sentence."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.chain import Missing, captures_of
from apiclient.chain.capture import LONGEST_VALUE, SOURCES
from apiclient.check import Subject, Wrong
from apiclient.http import Exchange

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def answer(body=b"", **headers):
    head = tuple(f"{name}: {value}\r\n".encode() for name, value in headers.items())
    return Subject(Exchange(status_code=200, head=head, body=body, body_bytes=len(body)), NOW)


def take(subject, source, expression=""):
    (capture,) = captures_of([{"name": "x", "from": source, "expression": expression}])
    return capture.take(subject)


@pytest.mark.parametrize(
    ("path", "value"),
    [("$.token", "abc"), ("$.id", "7"), ("$.ok", "true"), ("$.items[1].name", "b"), ("$.items[0]", '{"name":"ä"}')],
)
def test_from_json_a_text_as_it_is_and_all_else_as_json(path, value):
    body = json.dumps({"token": "abc", "id": 7, "ok": True, "items": [{"name": "ä"}, {"name": "b"}]}).encode()
    assert take(answer(body), "json", path) == value


def test_from_a_header_whatever_its_case():
    assert take(answer(Location="/orders/7"), "header", "location") == "/orders/7"


def test_from_a_cookie_the_last_of_its_name():
    subject = Subject(
        Exchange(
            status_code=200,
            head=(b"Set-Cookie: sid=one\r\n", b"Set-Cookie: theme=dark\r\n", b"set-cookie: sid=t=wo==; HttpOnly\r\n"),
        ),
        NOW,
    )
    assert take(subject, "cookie", "sid") == "t=wo=="


def test_from_the_body_by_the_first_group_of_an_expression_or_whole():
    subject = answer(b" id=42;name=x \n")
    assert take(subject, "regex", "id=([0-9]+)") == "42"
    assert take(subject, "regex", "id=[0-9]+") == "id=42"
    assert take(subject, "body") == "id=42;name=x"


@pytest.mark.parametrize(
    ("source", "expression", "told"),
    [
        ("json", "$.gone", "no value at $.gone"),
        ("json", "$.none", "no value at $.none"),
        ("header", "X-Gone", "no header X-Gone"),
        ("cookie", "sid", "no cookie sid"),
        ("regex", "zzz", "nothing that matches zzz"),
    ],
)
def test_what_is_missing_is_named(source, expression, told):
    with pytest.raises(Missing, match=r"\{\{ x \}\} was not found") as caught:
        take(answer(b'{"none": null}'), source, expression)
    assert told in str(caught.value)


def test_an_empty_body_and_one_that_is_no_json_are_missing():
    with pytest.raises(Missing, match="body is empty"):
        take(answer(b" "), "body")
    with pytest.raises(Missing, match="not JSON"):
        take(answer(b"<html>"), "json", "$.a")


def test_what_is_too_long_is_not_taken():
    with pytest.raises(Missing, match="longer than"):
        take(answer(b"a" * (LONGEST_VALUE + 1)), "body")


def test_hostile_expressions_and_answers_end_in_time():
    began = time.monotonic()
    with pytest.raises(Missing):
        take(answer(b"a" * 1_000_000), "regex", "(a+)+b")
    with pytest.raises(Missing):
        take(answer(json.dumps([[1] * 100] * 3_000).encode()), "json", "$..[?@.a == 1].b")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("captures", "place", "told"),
    [
        ({}, "", "Use a list"),
        (["x"], "[0]", "Use an object"),
        ([{"name": "a b", "from": "body"}], "[0].name", "no name"),
        ([{"name": "a", "from": "moon"}], "[0].from", "json, header, cookie, regex, body"),
        ([{"name": "a", "from": "json", "expression": "$["}], "[0].expression", "no JSONPath"),
        ([{"name": "a", "from": "regex", "expression": "("}], "[0].expression", "no regular expression"),
        ([{"name": "a", "from": "header"}], "[0].expression", "name of a header"),
        ([{"name": "a", "from": "body", "expression": "x"}], "[0].expression", "Leave it out"),
        ([{"name": "a", "from": "json", "expression": 7}], "[0].expression", "Use a text"),
        ([{"name": "a", "from": "body"}, {"name": "a", "from": "body"}], "[1].name", "twice"),
        ([{"name": "a", "from": "body", "else": 1}], "[0].else", "name, from, expression"),
        ([{"name": "a", "from": "body"}] * 21, "", "at most 20"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(captures, place, told):
    with pytest.raises(Wrong, match=told) as caught:
        captures_of(captures)
    assert caught.value.place == place


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([*SOURCES, "name", "from"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(anything | st.lists(st.fixed_dictionaries({"name": anything, "from": anything, "expression": anything})))
def test_anything_is_read_or_refused(captures):
    try:
        captures_of(captures)
    except Wrong as error:
        assert str(error)


@given(st.binary(max_size=200), st.sampled_from(sorted(SOURCES)))
def test_any_body_gives_a_value_or_misses_it(body, source):
    expression = "" if source == "body" else {"json": "$..a"}.get(source, "a")
    try:
        assert isinstance(take(answer(body), source, expression), str)
    except Missing as error:
        assert "x" in str(error) or "taken" in str(error)
