"""Which codes pass is written for people, and every wrong writing is answered with what is allowed."""

import pytest

from apiclient.expectation import SUCCESS, Expectation, parse_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("200", {200}),
        ("2xx", set(range(200, 300))),
        ("2XX", set(range(200, 300))),
        ("500-504", {500, 501, 502, 503, 504}),
        ("401, 403 ,,404", {401, 403, 404}),
        ("200,200-201", {200, 201}),
        ("999", {999}),
    ],
)
def test_codes_ranges_and_classes_are_read(text, codes):
    assert parse_codes(text) == codes


@pytest.mark.parametrize("text", ["abc", "20", "2000", "0xx", "200-", "-1", "200 201", "2xx-3xx", "٢٠٠", "099", "1e2"])
def test_what_is_no_code_is_named_with_what_is_allowed(text):
    with pytest.raises(ValueError, match=r"is not a status code\. Use codes, ranges and classes"):
        parse_codes(text)


def test_a_range_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="'504-500' runs backwards"):
        parse_codes("504-500")


@pytest.mark.parametrize("text", [",", " , ,"])
def test_separators_alone_name_no_code(text):
    with pytest.raises(ValueError, match="No status code"):
        parse_codes(text)


@pytest.mark.parametrize("text", ["", "  "])
def test_blank_means_the_success_column(text):
    assert Expectation.of(text, None).codes == SUCCESS == set(range(100, 400))
