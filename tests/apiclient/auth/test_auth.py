"""The JSON of an auth: what is taken, and what is refused, member by member."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient import auth
from apiclient.auth import KINDS, problem_with_auth, problems_with_auth
from apiclient.http import Request
from apiclient.placeholder import UnknownName

S = "{{ secret.s }}"
SOUND = {
    "basic": {"user": "me|acme", "password": S},
    "bearer": {"token": S},
    "api_key": {"in": "header", "name": "X-Api-Key", "value": S},
    "digest": {"user": "me", "password": S},
    "aws_sigv4": {"access_key": "AK", "secret_key": S, "region": "eu-central-1", "service": "s3"},
    "client_certificate": {"certificate": S, "key": S},
    "oauth2": {"token_url": "https://login.example/token", "client_id": "me", "client_secret": S},
    "form": {"path": "/login", "fields": {"user": "me", "password": S}},
}
ASKED = Request("GET", "https://a.example/x")


def test_every_kind_has_an_example_here():
    assert SOUND.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_taken_with_what_it_needs(kind):
    assert problems_with_auth({"kind": kind} | SOUND[kind]) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_each_member_that_is_needed_is_missed_by_its_name(kind):
    needed = {member.name for member in KINDS[kind].members if member.required}
    found = problems_with_auth({"kind": kind})
    assert found.keys() == needed
    assert all(text.startswith(f"{name}: {kind} needs it") for name, text in found.items())


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_stands_in_it(kind):
    for member in KINDS[kind].members:
        if member.secret:
            found = problems_with_auth({"kind": kind} | SOUND[kind] | {member.name: "hush-hush"})
            assert found.keys() == {member.name} and "hush" not in found[member.name]


@pytest.mark.parametrize("given", [{}, {"kind": "none"}])
def test_none_is_an_auth_too(given):
    assert problem_with_auth(given) is None
    assert auth.apply(ASKED, given, {}) is ASKED


@pytest.mark.parametrize("given", [None, [], "basic", 1, True])
def test_what_is_no_object_is_refused(given):
    assert problems_with_auth(given).keys() == {""}


@pytest.mark.parametrize("kind", ["kerberos", None, 1, [], {}, ""])
def test_an_unknown_kind_is_told_the_known_ones(kind):
    assert problem_with_auth({"kind": kind}).startswith("kind: use basic, bearer, api_key")


def test_a_strange_member_is_told_the_known_ones():
    found = problems_with_auth({"kind": "bearer", "token": S, "tokn": "x"})
    assert found == {"tokn": "tokn: bearer has no such member. It has token."}
    assert problem_with_auth({"kind": "none", "token": S}) == "kind: takes no other members."


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_whatever_is_given_has_an_answer(given):
    for kind in ({}, *({"kind": kind} for kind in KINDS)):
        problem_with_auth(kind | given if isinstance(given, dict) else given)


def test_a_name_without_a_value_is_named():
    with pytest.raises(UnknownName, match="There is no secret 's'"):
        auth.apply(ASKED, {"kind": "bearer", "token": S}, {})


def test_what_got_past_the_forms_is_refused_when_it_is_used():
    with pytest.raises(ValueError, match="token: bearer needs it"):
        auth.apply(ASKED, {"kind": "bearer"}, {})
