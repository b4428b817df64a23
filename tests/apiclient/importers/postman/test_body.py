"""Bodies of requests."""

import json

import pytest

from apiclient.importers.postman import read


def sent(body):
    item = {"request": {"url": "https://a.example/", "method": "POST", "body": body}}
    found = read(json.dumps({"item": [item]}))
    call = found.services[0].calls[0]
    return call.body, (call.headers or {}).get("Content-Type"), found.notes


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        ({"mode": "raw", "raw": "hello"}, "hello", None),
        ({"mode": "raw", "raw": '{"a": {{a}}}'}, '{"a": {{ a }}}', "application/json"),
        ({"mode": "raw", "raw": "<a/>", "options": {"raw": {"language": "xml"}}}, "<a/>", "application/xml"),
        (
            {"mode": "raw", "raw": "<a><password>planted</password></a>"},
            "<a><password>{{ secret.password }}</password></a>",
            None,
        ),
        (
            {
                "mode": "urlencoded",
                "urlencoded": [
                    {"key": "a b", "value": "{{x}}&"},
                    {"key": "n", "value": "1", "disabled": True},
                    {"key": "pwd", "value": "planted"},
                ],
            },
            "a+b={{ x }}%26&pwd={{ secret.pwd }}",
            "application/x-www-form-urlencoded",
        ),
        (
            {"mode": "urlencoded", "urlencoded": "a=1&token=planted"},
            "a=1&token={{ secret.token }}",
            "application/x-www-form-urlencoded",
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{ me }", "variables": '{"a": 1}'}},
            '{"query": "{ me }", "variables": {"a": 1}}',
            "application/json",
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{ me }"}},
            '{"query": "{ me }", "variables": {}}',
            "application/json",
        ),
        ({"mode": "formdata", "formdata": []}, None, None),
        ({"mode": "raw", "raw": "x", "disabled": True}, None, None),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_bodies_that_a_call_can_send(body, text, kind):
    found = sent(body)
    assert found[:2] == (text, kind)
    assert not [note for note in found[2] if "left out" in note]


@pytest.mark.parametrize("mode", ["formdata", "file"])
def test_others_are_noted(mode):
    found = sent({"mode": mode, mode: [{"key": "f", "src": "/etc/passwd"}]})
    assert found == (
        None,
        None,
        (f"item[0].request.body: a body of the mode {mode!r} can be sent by no call; it was left out.",),
    )
