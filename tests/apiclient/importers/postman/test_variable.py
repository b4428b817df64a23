"""Postman's variables."""

import json

from apiclient.importers.part import Root
from apiclient.importers.postman import read
from apiclient.importers.postman.variable import Variables


def variables(**values):
    rows = [{"key": key, "value": value} for key, value in values.items()]
    return Variables.of(Root({"variable": rows}).part)


def test_values_may_name_others():
    assert variables(a="1", b="{{a}}/{{ a }}", c="{{b}}{{nowhere}}", d="{{d}}").values == {"a": "1", "b": "1/1"}
    assert variables(bomb="{{bomb}}{{bomb}}" * 400).values == {}


def test_names_become_those_that_placeholders_can_hold():
    found = variables(**{"my var": "1", "2nd": "2"})
    assert found.values == {"my_var": "1", "value_2nd": "2"}
    assert found.written("{{my var}} {{ 2nd }} {{$guid}} {x}", str) == "{{ my_var }} {{ value_2nd }} {{ guid }} {x}"


def test_secrets_have_no_value_and_are_named_as_such():
    found = variables(password="planted", url="https://{{password}}@x.example")
    assert found.values == {}
    assert found.written("{{password}}", lambda name: f"<{name}>") == "<password>"


def test_planted_secrets_are_found_nowhere():
    collection = {
        "variable": [{"key": "api_token", "value": "planted-1"}, {"key": "tenant", "value": "acme"}],
        "auth": {
            "type": "basic",
            "basic": [{"key": "username", "value": "ann"}, {"key": "password", "value": "planted-2"}],
        },
        "item": [
            {
                "request": {
                    "url": "https://bob:planted-3@a.example/{{tenant}}?key=planted-4&t={{api_token}}",
                    "method": "POST",
                    "header": [{"key": "X-Auth-Token", "value": "planted-5"}],
                    "body": {"mode": "raw", "raw": '{"user": "ann", "password" : "planted-6", "n": {{api_token}}}'},
                },
                "response": [
                    {"code": 200, "body": "planted-7", "header": [{"key": "Set-Cookie", "value": "planted-8"}]}
                ],
            }
        ],
    }
    found = read(json.dumps(collection))
    assert "planted" not in repr(found).replace("planted-3", "")
    call = found.services[0].calls[0]
    assert call.path == "/{{ tenant }}?key={{ secret.key }}&t={{ secret.api_token }}"
    assert call.body == '{"user": "ann", "password" : "{{ secret.password_2 }}", "n": {{ secret.api_token }}}'
