"""Security schemes become auth with placeholders of secrets, and never hold one."""

import json

import pytest

from apiclient.importers.openapi import read

SCHEMES = {
    "basic": {"type": "http", "scheme": "Basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "in query": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "machine": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {"read": ""}}}},
    "person": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example"}}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example"},
    "tls": {"type": "mutualTLS"},
    "odd": {"type": "http", "scheme": "hoba"},
}


def described(security, **operations):
    return read(
        json.dumps(
            {
                "openapi": "3.1.0",
                "servers": [{"url": "https://api.example.org/v1"}],
                "components": {"securitySchemes": SCHEMES},
                "security": security,
                "paths": {"/": {"get": {}}, **operations},
            }
        )
    )


@pytest.mark.parametrize(
    ("security", "auth"),
    [
        (
            {"basic": []},
            {"kind": "basic", "user": "{{ secret.basic_user }}", "password": "{{ secret.basic_password }}"},
        ),
        (
            {"digest": []},
            {"kind": "digest", "user": "{{ secret.digest_user }}", "password": "{{ secret.digest_password }}"},
        ),
        ({"bearer": []}, {"kind": "bearer", "token": "{{ secret.bearer }}"}),
        ({"key": []}, {"kind": "api_key", "in": "header", "name": "X-Key", "value": "{{ secret.key }}"}),
        ({"in query": []}, {"kind": "api_key", "in": "query", "name": "api key", "value": "{{ secret.in_query }}"}),
        ({"cookie": []}, {"kind": "api_key", "in": "header", "name": "Cookie", "value": "sid={{ secret.cookie }}"}),
        (
            {"machine": ["read"]},
            {
                "kind": "oauth2",
                "token_url": "https://api.example.org/token",
                "client_id": "{{ secret.machine_client_id }}",
                "client_secret": "{{ secret.machine_client_secret }}",
                "scope": "read",
            },
        ),
        ({"person": []}, {"kind": "bearer", "token": "{{ secret.person }}"}),
        ({"oidc": []}, {"kind": "bearer", "token": "{{ secret.oidc }}"}),
        (
            {"tls": []},
            {
                "kind": "client_certificate",
                "certificate": "{{ secret.tls_certificate }}",
                "key": "{{ secret.tls_key }}",
            },
        ),
    ],
)
def test_each_scheme_has_its_auth(security, auth):
    found = described([security])
    service = found.services[0]
    assert (service.auth, service.calls[0].auth, service.calls[0].enabled) == (auth, None, False)
    assert found.notes[0].startswith("Make the secret ")


def test_further_keys_go_along():
    service = described([{"bearer": [], "key": [], "in query": []}]).services[0]
    assert service.auth == {"kind": "bearer", "token": "{{ secret.bearer }}"}
    assert service.calls[0].headers == {"X-Key": "{{ secret.key }}"}
    assert service.calls[0].path == "/?api%20key={{ secret.in_query }}"


@pytest.mark.parametrize("security", [[], [{}], [{"bearer": []}, {}]])
def test_an_operation_open_to_all_says_so(security):
    calls = described([{"bearer": []}], **{"/open": {"get": {"security": security}}}).services[0].calls
    assert [(call.auth, call.enabled) for call in calls] == [(None, False), ({"kind": "none"}, None)]


def test_the_first_alternative_that_a_call_can_do_is_taken():
    assert described([{"odd": []}, {"bearer": []}]).services[0].auth == {
        "kind": "bearer",
        "token": "{{ secret.bearer }}",
    }


def test_what_no_call_can_do_is_noted_and_paused():
    found = described([{"odd": []}, {"nowhere": []}, {"basic": [], "bearer": []}])
    assert (found.services[0].auth, found.services[0].calls[0].enabled) == (None, False)
    assert found.notes[0] == (
        "paths./.get: no call can sign in as it asks ('odd' is of the kind 'hoba'; 'nowhere' is no security scheme of"
        " the file; 'bearer' would be a second way to sign in with the same request); it is paused."
    )


def test_what_most_operations_say_is_the_services():
    text = json.dumps(
        {
            "swagger": "2.0",
            "host": "api.example.org",
            "securityDefinitions": {
                "b": {"type": "basic"},
                "o": {"type": "oauth2", "flow": "application", "tokenUrl": "https://t.example/"},
            },
            "paths": {
                "/a": {"get": {"security": [{"b": []}]}},
                "/b": {"get": {"security": [{"b": []}]}},
                "/c": {"get": {"security": [{"o": []}]}},
                "/d": {"get": {}},
            },
        }
    )
    service = read(text).services[0]
    assert service.auth == {"kind": "basic", "user": "{{ secret.b_user }}", "password": "{{ secret.b_password }}"}
    assert [call.auth and call.auth["kind"] for call in service.calls] == [None, None, "oauth2", "none"]
