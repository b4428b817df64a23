"""Answerback's own files: every member is looked at, and whatever is wrong is told with its place."""

from dataclasses import fields

import pytest

from apiclient.importers.answerback.member import ANSWER, CALL, SERVICE
from apiclient.importers.answerback.read import BadFile, read
from apiclient.importers.described import Answer, DescribedCall, DescribedService


def problems(text: str) -> dict[str, str]:
    with pytest.raises(BadFile) as bad:
        read(text)
    return dict(bad.value.problems)


def test_a_whole_file():
    (shop,) = read(
        """
        x-json: &json {Accept: application/json}
        services:
          - name: Shop
            base_url: https://shop.example
            headers: *json
            auth: {kind: bearer, token: "{{ secret.key }}"}
            environments: {staging: {tenant: test}}
            answers: [{codes: 404, message: No such order}]
            calls:
              - name: Orders
                path: /orders
                interval_seconds: 30
                locations: [paris, berlin]
                expected_codes: 200
                checks: [{kind: json, path: $.n, is: less, value: 5}]
              - name: Nightly
                cron: "@daily"
                enabled: false
        """
    ).services
    assert shop.headers == {"Accept": "application/json"} and shop.answers == (Answer("404", "No such order"),)
    orders, nightly = shop.calls
    assert (orders.interval_seconds, orders.locations, orders.expected_codes) == (30, ("berlin", "paris"), "200")
    assert orders.checks == [{"kind": "json", "path": "$.n", "is": "less", "value": 5}]
    assert (nightly.cron, nightly.enabled, nightly.interval_seconds) == ("@daily", False, None)


def test_every_member_of_what_is_described_can_be_said():
    for kind, members in ((DescribedService, SERVICE), (DescribedCall, CALL), (Answer, ANSWER)):
        assert {field.name for field in fields(kind)} == set(members)


def test_null_says_that_there_is_none():
    (shop,) = read(
        "services: [{name: A, concurrency: null, description: ~, headers: null, calls: "
        "[{name: B, interval_seconds: null, auth: null, body: null, steps: null, locations: null, answers: null}]}]"
    ).services
    (call,) = shop.calls
    assert (shop.concurrency, shop.description, shop.headers) == (0, "", {})
    assert (call.interval_seconds, call.auth, call.body, call.steps) == (0, {}, "", [])
    assert (call.locations, call.answers) == ((), ())


def test_no_is_a_text_and_numbers_may_stand_for_texts():
    (shop,) = read("services: [{name: no, variables: {tenant: 42, on: yes}}]").services
    assert shop.name == "no" and shop.variables == {"tenant": "42", "on": "yes"}


def test_an_unknown_member_is_named_with_the_nearest_that_is_known():
    found = problems("services: [{name: A, base_ulr: x, calls: [{name: B, interval: 5}]}]")
    assert "Did you mean base_url?" in found["services[0].base_ulr"]
    assert "Known are name, slug, method" in found["services[0].calls[0].interval"]


def test_all_problems_are_told_at_once():
    found = problems(
        """
        services:
          - base_url: x
          - name: A
            enabled: "yes"
            concurrency: -1
            headers: [1]
            environments: {a: 1}
            auth: bearer
            answers: {404: x}
            calls:
              - name: B
                method: BREW
                interval_seconds: 1.5
                checks: [text]
                locations: paris
                answers: [{message: x}, {codes: 404, kind: maybe}]
              - 5
        """
    )
    assert set(found) == {
        "services[0].name", "services[1].enabled", "services[1].concurrency", "services[1].headers",
        "services[1].environments", "services[1].auth", "services[1].answers", "services[1].calls[0].method",
        "services[1].calls[0].interval_seconds", "services[1].calls[0].checks", "services[1].calls[0].locations",
        "services[1].calls[0].answers[0].codes", "services[1].calls[0].answers[1].kind", "services[1].calls[1]",
    }  # fmt: skip
    assert found["services[1].enabled"] == "Use true or false."


@pytest.mark.parametrize(
    ("text", "place"),
    [("[]", "the file"), ("a: 1", "a"), ("x-a: 1", "the file"), ("services: 5", "services"), ("{}", "the file")],
)
def test_what_is_no_such_file_is_refused(text, place):
    assert place in problems(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("services: [", "no YAML"),
        ("services: !!python/object:os.system {}", "tag"),
        ("services:\n  - name: A\n    name: B", "twice"),
        ("[" * 100_000, "nested deeper"),
        ("a: &a [*a]", "within itself"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_quickly(text, says):
    with pytest.raises(ValueError, match=says):
        read(text)


def test_an_alias_bomb_is_refused():
    bomb = "x-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    bomb += "".join(f"x-{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    with pytest.raises(ValueError, match="values"):
        read(bomb + "services: []")


def test_many_problems_are_told_up_to_a_limit():
    found = problems("services: [" + ",".join(["5"] * 1000) + "]")
    assert len(found) == 30
