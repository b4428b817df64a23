"""Members of an auth: each refused in a sentence that names it and what is allowed, and that repeats no secret."""

import pytest

from apiclient.auth.kind import Member, hiding, with_header
from apiclient.http import Request

PLAIN, SECRET = Member("user", "User"), Member("token", "Token", secret=True)
FORM = Member("fields", "Fields", form=True)


@pytest.mark.parametrize("text", ["me", "{{ user }}", "jörg|acme"])
def test_a_text_may_hold_a_placeholder(text):
    assert PLAIN.problem(text) is None


@pytest.mark.parametrize("value", [None, 1, ["a"], {}, True, "", "  ", "a\nb", "a\0", "x" * 2_001])
def test_what_is_no_short_text_is_refused(value):
    assert PLAIN.problem(value).startswith("user: ")


@pytest.mark.parametrize("text", ["{{ secret.a }}", "prefix {{secret.a}}"])
def test_a_secret_is_a_placeholder(text):
    assert SECRET.problem(text) is None


@pytest.mark.parametrize("text", ["hush-hush", "{{ variable }}", "{{ secret. }}", "secret.a"])
def test_a_literal_is_no_secret(text):
    problem = SECRET.problem(text)
    assert problem.startswith("token: a secret does not stand here") and text not in problem


def test_a_choice_is_one_of_those_listed():
    assert Member("in", "In", choices=("header", "query")).problem("body") == "in: use header or query, not 'body'."


@pytest.mark.parametrize("value", [{}, "a=b", {"a": 1}, {"a": "x" * 2_001}, {"password": "hush"}, None])
def test_a_form_is_an_object_of_texts_whose_secrets_are_placeholders(value):
    assert FORM.problem(value).startswith("fields: ") and "hush" not in FORM.problem(value)


def test_a_sound_form():
    assert FORM.problem({"j_username": "me", "j_password": "{{ secret.p }}"}) is None


def test_a_header_takes_the_place_of_one_of_its_name():
    request = with_header(
        Request("GET", "http://a.example/", (("AUTHORIZATION", "x"), ("A", "b"))), "Authorization", "y"
    )
    assert request.headers == (("A", "b"), ("Authorization", "y"))


def test_what_cannot_be_sent_is_not_repeated():
    with pytest.raises(ValueError, match="a line feed") as raised:
        with_header(Request("GET", "http://a.example/"), "Authorization", "Bearer hush\nhush")
    assert "hush" not in str(raised.value)


def test_what_is_hidden_adds_up():
    request = Request("GET", "http://a.example/", secrets=frozenset({"a"}))
    assert hiding(request, "b", "").secrets == {"a", "b"}
