"""Steps are read from JSON, or refused with the place that is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.chain import steps_of
from apiclient.chain.step import MEMBERS
from apiclient.check import Wrong


def test_a_step_needs_a_name_and_has_sensible_defaults():
    (step,) = steps_of([{"name": "Read"}])
    assert (step.method, step.path, step.body, step.always, step.captures) == ("GET", "", "", False, ())
    assert 200 in step.expectation.codes and 404 not in step.expectation.codes


def test_what_it_expects_takes_and_sends():
    (step,) = steps_of(
        [
            {
                "name": "Make",
                "method": "POST",
                "path": "/orders",
                "headers": {"Accept": "a/b"},
                "body": "{}",
                "expected_codes": "201",
                "checks": [{"kind": "body", "is": "contains", "value": "id"}],
                "captures": [{"name": "id", "from": "body"}],
                "always": True,
            }
        ]
    )
    assert step.expectation.codes == {201} and len(step.expectation.checks) == 1
    assert (step.captures[0].name, step.always, step.headers) == ("id", True, {"Accept": "a/b"})


@pytest.mark.parametrize(
    ("steps", "place", "told"),
    [
        ({}, "", "Use a list"),
        ([7], "[0]", "Use an object"),
        ([{"name": "a"}, {}], "[1].name", "a name"),
        ([{"name": "a", "method": "BREW"}], "[0].method", "GET, HEAD"),
        ([{"name": "a", "path": "orders"}], "[0].path", "begins with /"),
        ([{"name": "a", "path": 7}], "[0].path", "Use a text"),
        ([{"name": "a", "path": "/" * 2_001}], "[0].path", "At most 2000"),
        ([{"name": "a", "headers": []}], "[0].headers", "Use an object"),
        ([{"name": "a", "headers": {"X": 1}}], "[0].headers.X", "Use a text"),
        ([{"name": "a", "body": "x"}], "[0].body", "GET"),
        ([{"name": "a", "expected_codes": "abc"}], "[0].expected_codes", "not a status code"),
        ([{"name": "a", "checks": [{"kind": "moon"}]}], "[0].checks[0].kind", "not one of"),
        ([{"name": "a", "captures": [{"name": "b"}]}], "[0].captures[0].from", "not one of"),
        ([{"name": "a", "always": "yes"}], "[0].always", "true or false"),
        ([{"name": "a", "retries": 3}], "[0].retries", "A step has name"),
        ([{"name": "a"}] * 21, "", "at most 20"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(steps, place, told):
    with pytest.raises(Wrong, match=told) as caught:
        steps_of(steps)
    assert caught.value.place == place


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5),
    max_leaves=10,
)


@given(anything | st.lists(st.dictionaries(st.sampled_from(MEMBERS), anything), max_size=3))
def test_anything_is_read_or_refused(steps):
    try:
        steps_of(steps)
    except Wrong as error:
        assert str(error)
