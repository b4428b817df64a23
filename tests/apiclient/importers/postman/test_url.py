"""Where requests go."""

import json

import pytest

from apiclient.importers.postman import read


def located(url, **variables):
    rows = [{"key": key, "value": value} for key, value in variables.items()]
    found = read(json.dumps({"item": [{"request": {"url": url}}], "variable": rows}))
    service = found.services[0]
    return service.base_url, service.calls[0].path, service.variables, service.calls[0].enabled, found.notes


@pytest.mark.parametrize(
    ("url", "base_url", "path"),
    [
        ("https://a.example/x?y=1#z", "https://a.example", "/x?y=1"),
        ("a.example:8080/x y", "http://a.example:8080", "/x%20y"),
        ("https://a.example", "https://a.example", ""),
        ("https://a.example?x=1", "https://a.example", "/?x=1"),
        ({"raw": "{{base}}/x/{{tenant}}"}, "https://a.example/v1", "/x/{{ tenant }}"),
        ({"raw": "{{host}}/x"}, "http://a.example", "/x"),
        ({"raw": "{{whole}}"}, "https://a.example", "/v1?x=1"),
        ({"raw": "https://{{host}}:8443/x"}, "https://a.example:8443", "/x"),
        (
            {
                "protocol": "https",
                "host": ["a", "example"],
                "path": ["x", "y"],
                "query": [{"key": "z", "value": "1"}, {"key": "n", "disabled": True}],
            },
            "https://a.example",
            "/x/y?z=1",
        ),
        ({"host": "{{base}}", "port": "", "path": "x"}, "https://a.example/v1", "/x"),
        (
            {
                "raw": "https://a.example/:id/:x",
                "variable": [{"key": "id", "value": "7 8"}, {"key": "x", "value": "{{tenant}}"}],
            },
            "https://a.example",
            "/7%208/{{ tenant }}",
        ),
    ],
)
def test_variables_of_the_base_are_filled_in_and_others_are_kept(url, base_url, path):
    given = {"base": "https://{{host}}/v1/", "host": "a.example", "tenant": "acme", "whole": "{{base}}?x=1"}
    given["base"] = "https://a.example/v1"
    found = located(url, **given)
    assert found[:2] == (base_url, path)
    assert found[2] == ({"tenant": "acme"} if "tenant" in path else None)
    assert (found[3], found[4]) == (None, ())


def test_a_base_without_a_value_is_left_to_people():
    assert located("{{base}}/x") == (
        None,
        "/x",
        None,
        False,
        ("item[0].request.url: '{{base}}' has no value in the collection; give the service its base URL.",),
    )


def test_what_has_no_value_is_noted_and_the_call_is_paused():
    base_url, path, variables, enabled, notes = located("https://a.example/:id?at={{$timestamp}}&token=planted")
    assert (base_url, path) == ("https://a.example", "/{{ id }}?at={{ timestamp }}&token={{ secret.token }}")
    assert (variables, enabled) == (None, False)
    assert [note.split(":")[0] for note in notes] == [
        "Make the secret 'token'",
        "Give the variable 'id' a value",
        "Give the variable 'timestamp' a value",
    ]
