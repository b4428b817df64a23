"""Checks as rows of a form: read, refused by row, and shown again as they are kept."""

import pytest
from django.core.exceptions import ValidationError

from dashboard.forms.check import HELP, ChecksField, ChecksWidget

CHECKS = [
    {"kind": "header", "name": "Content-Type", "is": "contains", "value": "json"},
    {"kind": "json", "path": "$.n", "is": "greater", "value": 3, "codes": "200", "degrades": True},
    {"kind": "schema", "schema": {"type": "object"}},
    {"kind": "certificate", "value": 14},
    {"kind": "body", "is": "present"},
]


def sent(*rows):
    return {f"checks-{nth}-{name}": text for nth, row in enumerate(rows) for name, text in row.items()}


def read(*rows):
    return ChecksWidget().value_from_datadict(sent(*rows), {}, "checks")


def test_rows_are_read_and_empty_ones_left_out():
    body = {"kind": "body", "what": "", "is": "contains", "value": " ready ", "codes": "302", "degrades": "1"}
    found = read({"kind": "", "value": "x"}, body, {"kind": "json", "what": "$.a", "is": "present", "value": ""})
    assert found == [
        {"kind": "body", "is": "contains", "value": "ready", "codes": "302", "degrades": True},
        {"kind": "json", "path": "$.a", "is": "present"},
    ]
    assert ChecksField().clean(found) == found


def test_a_form_that_has_no_rows_leaves_the_checks_alone():
    assert ChecksWidget().value_omitted_from_data({}, {}, "checks")
    assert not ChecksWidget().value_omitted_from_data(sent({"kind": ""}), {}, "checks")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "json", "what": "x", "is": "present"}, "Row 1: 'x' is no JSONPath"),
        ({"kind": "schema", "value": "{"}, "Row 1: Give a JSON Schema"),
        ({"kind": "schema", "value": "[" * 100_000}, "Row 1: Give a JSON Schema"),
        ({"kind": "certificate", "value": "soon"}, "Row 1: Give the least number of days"),
        ({"kind": "cookie"}, "Row 1: 'cookie' is not one of"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(row, said):
    with pytest.raises(ValidationError, match=said.replace("[", r"\[")):
        ChecksField().clean(read(row))


def test_what_is_shown_and_sent_back_unchanged_is_no_change():
    rows = ChecksWidget().get_context("checks", CHECKS, {"id": "id_checks"})["widget"]["rows"]
    assert len(rows) == len(CHECKS) + 2
    back = read(*({
        "kind": next(word for word, _, chosen in row["kinds"] if chosen), "what": row["what"],
        "is": next((word for word, _, chosen in row["words"] if chosen), "equals"), "value": row["value"],
        "codes": row["codes"], **({"degrades": "1"} if row["degrades"] else {}),
    } for row in rows))  # fmt: skip
    assert not ChecksField().has_changed(CHECKS, back)
    assert ChecksField().has_changed(CHECKS, back[1:])
    assert "JSONPath" in HELP
