"""Codes as people write them: see tests/apiclient/test_expectation.py for every writing."""

from apiclient.codes import parse_codes


def test_the_same_text_is_read_once():
    assert parse_codes("2xx") is parse_codes("2xx")
