"""Folders, requests and examples of a collection."""

import json

import pytest

from apiclient.importers.described import Answer
from apiclient.importers.postman import read


def described(*items, **more):
    return read(json.dumps({"info": {"name": "Pets"}, "item": list(items), **more}))


def request(url="https://api.example.org/pets", **more):
    return {"name": "List", "request": {"url": url, **more}}


def call_of(**more):
    return described(request(**more)).services[0].calls[0]


def test_folders_become_part_of_the_name():
    folder = {"name": "Pets", "item": [{"name": " All\nof them ", "item": [request(), request()]}, request()]}
    names = [(call.name, call.slug) for call in described(folder).services[0].calls]
    assert names == [
        ("Pets / All of them / List", None),
        ("Pets / All of them / List (2)", None),
        ("Pets / List", None),
    ]


def test_each_base_url_is_a_service_and_the_biggest_comes_first():
    found = described(request("https://b.example/x"), request(), request("api.example.org/plain"), request())
    assert [(one.name, one.base_url, len(one.calls)) for one in found.services] == [
        ("Pets", "https://api.example.org", 2),
        ("Pets (b.example)", "https://b.example", 1),
        ("Pets (api.example.org)", "http://api.example.org", 1),
    ]


@pytest.mark.parametrize(
    ("method", "enabled"), [("GET", None), ("head", None), ("POST", False), ("DELETE", False), ("PUT", False)]
)
def test_only_what_changes_nothing_runs_at_once(method, enabled):
    call = call_of(method=method)
    assert (call.method, call.enabled, call.interval_seconds) == (method.upper(), enabled, None)


def test_examples_are_documented_answers():
    responses = [
        {"code": 200, "name": "All of them", "status": "OK"},
        {"code": 404, "name": "404", "status": "Not Found"},
        {"code": 200, "name": "again"},
        {"name": "no code"},
        {"code": 999},
    ]
    found = described({**request(), "response": responses})
    assert found.services[0].calls[0].answers == (Answer("200", "All of them"), Answer("404", "Not Found"))
    assert [note.partition(":")[0] for note in found.notes] == ["item[0].response[3]", "item[0].response[4]"]


def test_scripts_are_named_and_never_run():
    event = [{"listen": "test", "script": {"exec": ["process.exit(1)"]}}]
    found = described({**request(), "event": event}, event=event)
    assert found.notes == ("2 scripts are not supported and were never run: the collection (test), item[0] (test).",)
    assert "process" not in repr(found)


@pytest.mark.parametrize(
    ("header", "headers"),
    [
        ([{"key": "Accept", "value": "text/plain"}], {"Accept": "text/plain"}),
        ([{"key": "Accept", "value": "x", "disabled": True}], None),
        ("Accept: text/plain\nX-Tenant: {{tenant}}", {"Accept": "text/plain", "X-Tenant": "{{ tenant }}"}),
        ([{"key": "X-Api-Key", "value": "planted"}], {"X-Api-Key": "{{ secret.X-Api-Key }}"}),
        ([{"key": "Cookie", "value": "sid=planted"}], {"Cookie": "{{ secret.cookie }}"}),
        ([{"key": "Postman-Token", "value": "planted"}], None),
        ([{"key": "{{name}}", "value": "x"}], None),
    ],
)
def test_headers_are_kept_without_their_secrets(header, headers):
    assert call_of(header=header).headers == headers


def test_an_authorization_header_is_auth():
    found = described(request(header=[{"key": "Authorization", "value": "Bearer planted"}]))
    assert found.services[0].calls[0].auth == {"kind": "bearer", "token": "{{ secret.token }}"}
    assert "planted" not in repr(found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "A Postman collection is an object; this is a list."),
        ("{}", 'The file has no "item" at its top, so it is no Postman collection.'),
        (
            '{"requests": [], "order": []}',
            "Collections of version 1 are not read. Export it as Collection v2.1 from Postman.",
        ),
        ('{"values": []}', "This is an environment of Postman, which holds no requests. Export the collection."),
        ('{"item": []}', "item: the collection has no request that a call could make."),
        ('{"item": [{"request": {"method": "LINK"}}]}', "item: the collection has no request that a call could make."),
        ('{"item": {}}', "item: must be a list and is an object."),
        ('{"item": [3]}', "item[0]: must be an object and is a number."),
        ('{"item": [{"request": 3}]}', "item[0].request: must be an object and is a number."),
        ('{"item": [{"request": {"url": 3}}]}', "item[0].request.url: must be an object and is a number."),
        (
            '{"info": {"schema": "https://schema.getpostman.com/json/collection/v3.0.0/"}, "item": []}',
            "info.schema: version 3.0 is not read; 2.1 and 2.0 are.",
        ),
    ],
)
def test_what_is_no_collection_is_refused_with_its_place(text, sentence):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert str(refused.value) == sentence
