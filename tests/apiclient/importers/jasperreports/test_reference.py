"""The reference data: whole, spelt so that it can be sent, and equal to the facts that it was made from."""

import json
from pathlib import Path

import pytest

from apiclient.catalogue import lookup
from apiclient.expectation import parse_codes
from apiclient.http.validate import problem_with_body, problem_with_header, problem_with_url
from apiclient.importers.jasperreports.reference import reference, references
from apiclient.importers.jasperreports.rule import RULES
from apiclient.models.call import Method
from tests.apiclient.importers.jasperreports.filled import fill

FACTS = next(
    (
        found
        for folder in Path(__file__).resolve().parents
        if (found := folder / "shared/reference/jasperreports-services.json").exists()
    ),
    None,
)
CALLED = [one for one in references() if not one.is_of_every_call]


def test_there_are_37_groups_and_151_rows_of_which_one_is_of_every_call():
    assert len({one.group for one in references()}) == 37
    assert (len(references()), len(CALLED)) == (151, 150)


@pytest.mark.skipif(FACTS is None, reason="the facts do not lie beside this clone")
def test_the_data_equals_the_facts_it_was_made_from():
    told = [
        (
            group["service"],
            group["edition"],
            row["method"],
            row["path"],
            [(one["code"], one["meaning"]) for one in row[kind]],
        )
        for group in json.loads(FACTS.read_text())["services"]
        for row in group["endpoints"]
        for kind in ("success", "failure")
    ]
    kept = [
        (one.group, one.edition, one.method, one.path, [(e.code, e.meaning) for e in one.documented if e.kind == kind])
        for one in references()
        for kind in ("success", "error")
    ]
    assert kept == told


@pytest.mark.parametrize("one", CALLED, ids=lambda one: one.name)
def test_every_call_can_be_sent_once_its_placeholders_are_filled(one):
    assert one.method in Method.values
    assert one.sent.startswith("/") and "{" not in fill(one.sent)
    assert problem_with_url(f"https://reports.example.org/jasperserver-pro{fill(one.sent)}") is None
    assert problem_with_body(one.method, one.body) is None
    assert not any(problem_with_header(name, fill(value)) for name, value in one.headers.items())


@pytest.mark.parametrize("one", references(), ids=lambda one: one.name)
def test_every_documented_code_is_in_the_catalogue_and_told_once(one):
    assert one.answers
    for answer in one.answers:
        (code,) = parse_codes(answer.codes)
        assert lookup(code).message and answer.message
    assert len({answer.codes for answer in one.answers}) == len(one.answers)


def test_every_rule_is_one_that_there_is():
    assert {name for one in references() for name in one.rules} <= RULES.keys()


def test_a_code_that_is_success_and_failure_has_both_meanings_and_no_kind():
    (answer,) = reference("POST", "/j_spring_security_check").answers
    assert (answer.codes, answer.kind) == ("302", "")
    assert "without error=1" in answer.message and "bad credentials" in answer.message


def test_204_is_success_here_and_failure_there():
    status = "/rest_v2/{}/status"
    deprecated = reference("PUT", status.format("reports/{executionId}")).answers
    executions = reference("PUT", status.format("reportExecutions/{id}")).answers
    assert [one.kind for one in deprecated if one.codes == "204"] == ["error"]
    assert [one.kind for one in executions if one.codes == "204"] == ["success"]


@pytest.mark.parametrize("one", [one for one in CALLED if not one.is_safe], ids=lambda one: one.name)
def test_nothing_that_changes_the_server_does_so_before_somebody_filled_something_in(one):
    harmless = {"/rest_v2/caches/vds", "/rest_v2/login", "/rest/login", "/j_spring_security_check"}
    assert one.path in harmless or "{{" in one.sent + one.body
