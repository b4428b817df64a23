"""Which row of a reference stands for a code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.catalogue import Category, category_of
from apiclient.expectation import parse_codes
from apiclient.reference import Row, documented, row_for, tidy, winners

TERM = st.one_of(
    st.integers(100, 999).map(str),
    st.tuples(st.integers(100, 999), st.integers(100, 999)).map(lambda two: f"{min(two)}-{max(two)}"),
    st.integers(1, 9).map(lambda hundred: f"{hundred}xx"),
)
CODES = st.lists(TERM, min_size=1, max_size=4).map(", ".join)
ROWS = st.lists(st.builds(Row, CODES, kind=st.sampled_from(["", "success", "error"]), own=st.booleans()), max_size=6)


def test_the_calls_own_row_wins_then_the_exact_code_then_the_range_then_the_class():
    rows = tuple(
        Row(codes, own=own) for own in (False, True) for codes in ("4xx", "400-409", "404", "404, 410")
    )  # fmt: skip
    assert row_for(rows, 404) == Row("404")
    assert row_for(rows, 410) == Row("404, 410")
    assert row_for(rows, 405) == Row("400-409")
    assert row_for(rows, 499) == Row("4xx")
    assert row_for((Row("4xx"), Row("404", own=False)), 404) == Row("4xx")
    assert row_for(rows, 500) is None and row_for(rows, None) is None and row_for((), 200) is None


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("404", "404"),
        (" 500-504 ,4XX,404,4xx", "4xx, 404, 500-504"),
        ("404-404", "404"),
        ("5xx,", "5xx"),
    ],
)
def test_codes_are_written_in_one_way(written, tidied):
    assert tidy(written) == tidied


def test_what_names_no_code_is_refused_in_a_sentence():
    for wrong in ("", ",", "4x", "504-500", "99", "1000"):
        with pytest.raises(ValueError, match="Use codes, ranges and classes"):
            tidy(wrong)


def test_a_kind_decides_and_without_one_the_code_table():
    rows = (Row("204", kind="error"), Row("302"), Row("401", kind="success"), Row("5xx"))
    says = {code: is_error for codes, is_error in documented(rows) for code in codes}
    assert (says[204], says[302], says[401], says[503]) == (True, False, False, True)


@given(CODES)
def test_tidying_keeps_the_codes_and_changes_nothing_twice(text):
    assert parse_codes(tidy(text)) == parse_codes(text)
    assert tidy(tidy(text)) == tidy(text)


@given(ROWS)
def test_every_code_that_is_named_has_one_row_and_stands_in_one_kind(rows):
    rows = tuple(rows)
    named = {code for row in rows for code in row.all_codes}
    assert winners(rows).keys() == named
    assert all(code in row.all_codes for code, row in winners(rows).items())
    kinds = documented(rows)
    assert sum(len(codes) for codes, _ in kinds) == len(named)
    for codes, is_error in kinds:
        for code in codes:
            row = winners(rows)[code]
            expected = row.kind == "error" if row.kind else category_of(code) is not Category.SUCCESS
            assert is_error == expected
    assert winners(tuple(reversed(rows))).keys() == named


@given(ROWS, st.integers(100, 999))
def test_no_row_of_the_service_stands_for_what_the_call_documents_itself(rows, code):
    found = row_for(tuple(rows), code)
    if any(row.own and code in row.all_codes for row in rows):
        assert found is not None and found.own
