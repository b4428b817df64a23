"""What browsers record."""

import json

import pytest

from apiclient.importers.har import read


def entry(url="https://a.example/x", method="GET", headers=None, **more):
    headers = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    post = {"postData": more.pop("post")} if "post" in more else {}
    return {"request": {"method": method, "url": url, "headers": headers, **post}, **more}


def described(*entries, name=""):
    return read(json.dumps({"log": {"entries": list(entries)}}), name)


def test_origins_become_services_and_what_was_sent_twice_is_one_call():
    found = described(entry(), entry(), entry("https://a.example/x?p=2"), entry("https://b.example:8443/"))
    assert [(one.name, one.base_url, [call.name for call in one.calls]) for one in found.services] == [
        ("a.example", "https://a.example", ["GET /x", "GET /x (2)"]),
        ("b.example:8443", "https://b.example:8443", ["GET /"]),
    ]
    assert found.notes == ("log.entries: 1 left out (sent before).",)
    assert all(call.answers is None for one in found.services for call in one.calls)
    assert [one.name for one in described(entry(), entry("https://b.example/"), name="Shop").services] == [
        "Shop (a.example)",
        "Shop (b.example)",
    ]


def test_secrets_become_placeholders():
    basic = {"Authorization": "Basic YW5uOnBsYW50ZWQ=", "Cookie": "sid=planted", "X-Csrf-Token": "planted"}
    found = described(
        entry(headers=basic),
        entry("https://a.example/y?api_key=planted&q=1", headers={"Authorization": "Bearer planted"}),
        entry(method="POST", post={"text": "user=ann&password=planted"}),
        entry(method="PUT", post={"text": '{"token": "planted\\" x"}', "mimeType": "application/json"}),
        entry(method="PATCH", post={"params": [{"name": "pwd", "value": "planted"}, {"name": "a", "value": "1 2"}]}),
    )
    assert "planted" not in repr(found)
    calls = found.services[0].calls
    assert found.services[0].auth == {"kind": "basic", "user": "ann", "password": "{{ secret.password }}"}
    assert calls[0].headers == {"Cookie": "{{ secret.cookie }}", "X-Csrf-Token": "{{ secret.X-Csrf-Token }}"}
    assert calls[1].path == "/y?api_key={{ secret.api_key }}&q=1"
    assert [call.body for call in calls[2:]] == [
        "user=ann&password={{ secret.password }}",
        '{"token": "{{ secret.token_2 }}"}',
        "pwd={{ secret.pwd }}&a=1+2",
    ]
    assert [call.enabled for call in calls] == [False] * 5
    assert sum(note.startswith("Make the secret") for note in found.notes) == 7


@pytest.mark.parametrize(
    "left_out",
    [
        entry("https://a.example/i.png", _resourceType="image"),
        entry("https://a.example/i.png", response={"content": {"mimeType": "image/png"}}),
        entry("data:text/plain,x"),
        entry("wss://a.example/"),
        entry(method="CONNECT"),
        entry("https://a.example/" + "x" * 3000),
    ],
)
def test_what_is_no_call_is_left_out_with_a_note(left_out):
    found = described(left_out, entry("https://a.example/kept", _resourceType="fetch"))
    assert [call.path for call in found.services[0].calls] == ["/kept"]
    assert found.notes[0].startswith("log.entries: 1 left out (")


def test_headers_of_the_browser_itself_are_left_out():
    headers = {
        ":authority": "a.example",
        "sec-fetch-mode": "cors",
        "If-None-Match": "x",
        "Accept": "text/plain",
        "Host": "a",
    }
    assert described(entry(headers=headers)).services[0].calls[0].headers == {"Accept": "text/plain"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", 'A HAR archive is an object with "log"; this is a list.'),
        ('{"log": {"entries": []}}', "log.entries: the archive holds no request that a call could make."),
        ('{"log": {"entries": {}}}', "log.entries: must be a list and is an object."),
        (
            '{"log": {"entries": [{"request": {"url": "http://"}}]}}',
            "log.entries: the archive holds no request that a call could make.",
        ),
        (
            '{"log": {"entries": [{"request": {"url": "http://", "method": "GET"}}]}}',
            "log.entries[0].request: 'http://' is no URL that begins with http:// or https:// and has a host.",
        ),
        (
            '{"log": {"entries": [{"request": {"url": "http://[/", "method": "GET"}}]}}',
            "log.entries[0].request: Invalid IPv6 URL",
        ),
    ],
)
def test_what_is_no_archive_is_refused_with_its_place(text, sentence):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert str(refused.value) == sentence
