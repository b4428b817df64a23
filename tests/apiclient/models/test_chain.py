"""A call's steps and captures are judged when it is cleaned, and the sentence names the place."""

import pytest
from django.core.exceptions import ValidationError

from apiclient.models import Call
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
STEP = {"name": "Next", "path": "/b"}


def problems(**fields):
    call = Call(service=make_service(variables={"tenant": "acme"}), name="a", **fields)
    with pytest.raises(ValidationError) as caught:
        call.full_clean()
    return caught.value.message_dict


def test_a_place_in_the_steps_is_named():
    assert problems(steps=[STEP, STEP, STEP | {"path": "b"}])["steps"][0].startswith("steps[2].path: ")
    assert problems(steps=[STEP | {"checks": [{"kind": "x"}]}])["steps"][0].startswith("steps[0].checks[0].kind: ")


def test_a_place_in_the_captures_is_named():
    assert problems(captures=[{"name": "x", "from": "y"}])["captures"][0].startswith("captures[0].from: ")
    assert "has a variable" in problems(captures=[{"name": "tenant", "from": "body"}])["captures"][0]


def test_a_step_may_name_what_was_taken_before_it_and_nothing_unknown():
    captures = [{"name": "id", "from": "body"}]
    make_call(make_service(), captures=captures, steps=[STEP | {"path": "/{{ id }}"}])
    assert "{{ other }}" in problems(steps=[STEP | {"path": "/{{ other }}"}])["steps"][0]
    assert "comes later" in problems(steps=[STEP | {"path": "/{{ id }}", "captures": captures}])["steps"][0]


def test_nothing_is_an_empty_list():
    call = make_call(make_service(), steps=None, captures=None)
    assert (call.steps, call.captures) == ([], [])


@pytest.mark.parametrize(
    ("method", "steps", "repeatable"),
    [
        ("GET", [], True),
        ("GET", [STEP, STEP | {"method": "HEAD"}], True),
        ("GET", [STEP, STEP | {"method": "DELETE"}], False),
        ("POST", [STEP], False),
        ("GET", "garbled", False),
        ("GET", [7], False),
    ],
)
def test_a_chain_is_repeatable_where_all_of_it_is(method, steps, repeatable):
    assert Call(method=method, steps=steps).is_repeatable is repeatable
