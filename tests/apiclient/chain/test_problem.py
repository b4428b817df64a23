"""What is wrong with a chain as a whole: addresses, headers, and names that are taken too late or twice."""

import pytest

from apiclient.chain import problem_with_captures, problem_with_steps
from apiclient.placeholder import fill


def put_in(text):
    return fill(text, {"token": "x", "tenant": "acme", "later": "x"})


def problem(*steps, captures=(), variables=()):
    return problem_with_steps(list(steps), list(captures), "http://shop.example/v1/", put_in, variables)


LATER = {"name": "later", "from": "body"}


def test_a_chain_that_can_be_sent():
    assert problem({"name": "a", "path": "/{{ tenant }}", "headers": {"X": "{{ token }}"}}) is None
    assert problem({"name": "a", "captures": [LATER]}, {"name": "b", "path": "/{{ later }}"}) is None


@pytest.mark.parametrize(
    ("step", "place", "told"),
    [
        ({"path": "/a b"}, "[0].path", "spaces"),
        ({"headers": {"Host": "x"}}, "[0].headers.Host", ""),
        ({"headers": {"X": "a\nb"}}, "[0].headers.X", ""),
        ({"path": "/{{ later }}", "captures": [LATER]}, "[0].path", "comes later"),
        ({"headers": {"X": "{{later}}"}, "captures": [LATER]}, "[0].headers", "comes later"),
        ({"method": "POST", "body": "{{later}}", "captures": [LATER]}, "[0].body", "comes later"),
        ({"captures": [{"name": "tenant", "from": "body"}]}, "[0].captures[0].name", "has a variable"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(step, place, told):
    found = problem({"name": "a"} | step, variables={"tenant"})
    assert found and found.place == place and told in str(found)


def test_a_capture_must_not_hide_a_variable():
    found = problem_with_captures([LATER], {"later"})
    assert found and found.place == "[0].name"
    assert problem_with_captures([LATER]) is None


def test_captures_that_cannot_be_read_are_a_problem_of_the_steps_too():
    assert problem({"name": "a"}, captures=[7])


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ({"headers": {"Authorization": "Bearer planted"}}, "[0].headers.Authorization"),
        ({"path": "/a?token=planted"}, "[0].path"),
        ({"method": "POST", "body": '{"password": "planted"}'}, "[0].body"),
        ({"method": "POST", "body": "user=me&password=planted"}, "[0].body"),
    ],
)
def test_a_secret_must_be_a_placeholder(step, place):
    found = problem({"name": "a"} | step)
    assert found and found.place == place and "{{ secret.name }}" in str(found) and "planted" not in str(found)


@pytest.mark.parametrize(
    "step",
    [
        {"headers": {"Authorization": "Bearer {{ token }}", "Accept": "a/b"}},
        {"path": "/a?token={{ token }}&page=2"},
        {"method": "POST", "body": '{"password": "{{ token }}", "id": {{ token }}}'},
        {"method": "POST", "body": "user=me&password={{ token }}"},
        {"method": "POST", "body": "just text"},
    ],
)
def test_placeholders_stand_where_secrets_would(step):
    assert problem({"name": "a"} | step) is None
