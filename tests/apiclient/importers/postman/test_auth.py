"""Auth, inherited through folders, its secrets taken out."""

import json

import pytest

from apiclient.importers.postman import read


def rows(**members):
    return [{"key": key, "value": value} for key, value in members.items()]


def described(auth, items=None, **more):
    items = items or [{"request": "https://a.example/"}]
    return read(json.dumps({"auth": auth, "item": items, **more}))


@pytest.mark.parametrize(
    ("auth", "wanted"),
    [
        (
            {"type": "basic", "basic": rows(username="ann", password="planted")},
            {"kind": "basic", "user": "ann", "password": "{{ secret.password }}"},
        ),
        (
            {"type": "basic", "basic": {"username": "{{who}}", "password": "{{my_pw}}"}},
            {"kind": "basic", "user": "{{ who }}", "password": "{{ secret.my_pw }}"},
        ),
        (
            {"type": "digest", "digest": rows(username="ann", password="planted")},
            {"kind": "digest", "user": "ann", "password": "{{ secret.password }}"},
        ),
        ({"type": "bearer", "bearer": rows(token="{{jwt}}")}, {"kind": "bearer", "token": "{{ secret.jwt }}"}),
        (
            {"type": "apikey", "apikey": rows(key="X-Key", value="planted")},
            {"kind": "api_key", "in": "header", "name": "X-Key", "value": "{{ secret.api_key }}"},
        ),
        (
            {"type": "apikey", "apikey": rows(key="k", value="planted", **{"in": "query"})},
            {"kind": "api_key", "in": "query", "name": "k", "value": "{{ secret.api_key }}"},
        ),
        (
            {
                "type": "oauth2",
                "oauth2": rows(
                    grant_type="client_credentials",
                    accessTokenUrl="https://t.example",
                    clientId="me",
                    clientSecret="planted",
                    scope="read",
                ),
            },
            {
                "kind": "oauth2",
                "token_url": "https://t.example",
                "client_id": "me",
                "client_secret": "{{ secret.client_secret }}",
                "scope": "read",
            },
        ),
        ({"type": "oauth2", "oauth2": rows(accessToken="planted")}, {"kind": "bearer", "token": "{{ secret.token }}"}),
        (
            {
                "type": "awsv4",
                "awsv4": rows(accessKey="planted", secretKey="planted2", region="eu-west-1", service="s3"),
            },
            {
                "kind": "aws_sigv4",
                "access_key": "{{ secret.access_key }}",
                "secret_key": "{{ secret.secret_key }}",
                "region": "eu-west-1",
                "service": "s3",
            },
        ),
        ({"type": "noauth"}, None),
        (None, None),
    ],
)
def test_each_kind_has_its_auth(auth, wanted):
    found = described(auth)
    assert (found.services[0].auth, found.services[0].calls[0].auth) == (wanted, None)
    assert found.services[0].calls[0].enabled is (None if wanted is None else False)
    assert "planted" not in repr(found)


def test_folders_and_requests_decide_for_what_is_below():
    bearer = {"type": "bearer", "bearer": rows(token="x")}
    item = {"request": {"url": "https://a.example/"}}
    open_item = {"request": {"url": "https://a.example/", "auth": {"type": "noauth"}}}
    items = [item, {"item": [item, open_item], "auth": bearer}, {"item": [item], "auth": None}]
    found = described({"type": "basic", "basic": rows(username="ann", password="y")}, items)
    assert [call.auth for call in found.services[0].calls] == [
        None,
        {"kind": "bearer", "token": "{{ secret.token }}"},
        {"kind": "none"},
        None,
    ]
    assert [call.enabled for call in found.services[0].calls] == [False, False, None, False]


def test_what_no_call_can_do_is_noted_and_paused():
    found = described({"type": "ntlm", "ntlm": []})
    assert found.notes == ("auth: no call can sign in by 'ntlm'; calls that need it are paused.",)
    assert found.services[0].calls[0].enabled is False
