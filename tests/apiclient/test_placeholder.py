"""Placeholders are replaced, everything else between braces is left alone, and names have rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.placeholder import (
    UnknownName,
    fill,
    names_in,
    problem_with_environments,
    problem_with_variables,
    secrets_in,
)

VALUES = {"tenant": "acme", "base": "https://{{ secret.user }}@h", "secret.user": "u{{ tenant }}", "secret.key": "k-1"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("/{{ tenant }}/{{tenant}}/{{   tenant  }}", "/acme/acme/acme"),
        ("Bearer {{ secret.key }}", "Bearer k-1"),
        ("{{ base }}/x", "https://u{{ tenant }}@h/x"),
        ("{{{tenant}}}", "{acme}"),
        ("{tenant} {{ 1a }} {{ a b }} {{}} {{ secret. }} {{ secret.a.b }} {{tenant }", None),
        ("{% if tenant %}", None),
    ],
)
def test_names_in_braces_are_replaced_and_nothing_else(text, filled):
    assert fill(text, VALUES) == (text if filled is None else filled)


def test_a_name_without_a_value_is_named():
    with pytest.raises(UnknownName, match="no variable 'nobody'") as caught:
        fill("{{ nobody }}", VALUES)
    assert caught.value.name == "nobody"
    with pytest.raises(UnknownName, match="no secret 'nobody'"):
        fill("{{ secret.nobody }}", VALUES)


def test_names_are_listed_as_they_are_looked_up():
    assert names_in("{{ a }}{{secret.b}} {{ a }} {{ 1 }}") == {"a", "secret.b"}
    assert names_in("plain") == set()


def test_secrets_that_are_put_in_are_told_those_inside_variables_too():
    assert secrets_in(["{{ base }}", "{{ secret.key }}"], VALUES) == {"u{{ tenant }}", "k-1"}
    assert secrets_in(["{{ tenant }} {{ secret.nobody }}"], VALUES) == set()


@given(st.text(alphabet="{} abc.secret", max_size=60))
def test_any_text_is_filled_or_refused_by_name(text):
    try:
        fill(text, {})
    except UnknownName as error:
        assert error.name in names_in(text)
    else:
        assert names_in(text) == set()


def test_many_braces_take_no_time():
    begun = time.monotonic()
    for text in ("{{" * 100_000, "{{ " * 100_000, "{{ a" * 100_000, "{{" + " " * 200_000):
        assert names_in(text) == set()
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ([], "JSON object"),
        ({"a": 1}, "JSON object"),
        ({"1a": "x"}, "'1a' is no name of a variable"),
        ({"secret.a": "x"}, "is no name of a variable"),
        ({"a" * 61: "x"}, "is no name of a variable"),
        ({"a": "x" * 8_001}, "longer than 8000"),
        ({"a": "\0"}, "NUL"),
        ({"a": "{{ b }}"}, "names the variable 'b'"),
        ({f"a{n}": "" for n in range(501)}, "At most 500"),
    ],
)
def test_variables_that_cannot_be_are_refused(variables, words):
    assert words in problem_with_variables(variables)
    if isinstance(variables, dict):
        assert words in problem_with_environments({"staging": variables})


def test_sound_ones_are_not():
    variables = {"a": "", "b-c_1": "{{ secret.x }} {{ }}"}
    assert problem_with_variables(variables) is None
    assert problem_with_environments({"staging": variables, "live": {}}) is None


@pytest.mark.parametrize("environments", [[], {"a": []}, {"": {}}, {"a b": {}}, {"a" * 41: {}}])
def test_environments_that_cannot_be_are_refused(environments):
    assert problem_with_environments(environments)
