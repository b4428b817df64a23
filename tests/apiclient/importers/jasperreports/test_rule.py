"""The rules: each of a kind that there is, for codes that can be read."""

import re

import pytest

from apiclient.expectation import parse_codes
from apiclient.importers.jasperreports.rule import RULES, checks

KINDS = {"header", "body", "json", "schema", "location", "certificate"}
WORDS = {
    "equals",
    "differs",
    "contains",
    "lacks",
    "matches",
    "lacks_match",
    "present",
    "absent",
    "in",
    "after",
    "before",
}


@pytest.mark.parametrize("check", [check for rule in RULES.values() for check in rule], ids=str)
def test_every_check_is_of_a_known_kind_and_its_codes_and_expressions_can_be_read(check):
    assert check["kind"] in KINDS and check["is"] in WORDS
    assert parse_codes(check.get("codes", "2xx"))
    if check["is"] in ("matches", "lacks_match"):
        re.compile(check["value"])


def test_each_caller_gets_copies():
    checks("key")[0]["value"] = "changed"
    assert checks("key")[0]["value"] == "Error"
