"""A list of checks is read whole or refused with the place that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.check import KINDS, MOST, checks_of, problem_with_checks

READY = {"kind": "body", "is": "contains", "value": "ready"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("checks", "problem"),
    [
        ([], None),
        ([READY], None),
        (
            [READY, READY | {"value": "("}, READY | {"is": "matches", "value": "("}],
            "checks[2].value: '(' is no regular",
        ),
        ([READY, {"kind": "json", "path": "x", "is": "present"}], "checks[1].path: 'x' is no JSONPath"),
        ([{"kind": "cookie"}], "checks[0].kind: 'cookie' is not one of header, body"),
        ([{}], "checks[0].kind: 'None' is not one of"),
        ([READY | {"is": "like"}], "checks[0].is: 'like' is not one of equals"),
        ([READY | {"path": "$"}], "checks[0].path: A check of this kind has is, value, codes, degrades."),
        ([READY | {"codes": "2"}], "checks[0].codes: '2' is not a status code"),
        ([READY | {"codes": 302}], None),
        ([READY | {"degrades": 1}], "checks[0].degrades: Use true or false."),
        (["x"], "checks[0]: Use an object"),
        ("x", "Use a list of checks."),
        ({}, "Use a list of checks."),
        ([READY] * (MOST + 1), "21 checks: at most 20 are allowed."),
    ],
)
def test_the_place_that_is_wrong_is_named(checks, problem):
    found = problem_with_checks(checks)
    assert found is None if problem is None else found.startswith(problem)


@given(JSON | st.lists(st.fixed_dictionaries({"kind": st.sampled_from(list(KINDS))}, optional=dict.fromkeys(
    ("is", "value", "path", "name", "schema", "codes", "degrades"), JSON))))  # fmt: skip
def test_any_json_is_read_or_refused(given_):
    problem = problem_with_checks(given_)
    assert problem is None or problem[-1] in ".)]"


def test_codes_limit_what_a_check_is_for():
    (check,) = checks_of([READY | {"codes": "302, 4xx"}])
    assert (check.applies_to(302), check.applies_to(404), check.applies_to(200)) == (True, True, False)
