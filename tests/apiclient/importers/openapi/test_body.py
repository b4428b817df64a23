"""Bodies from examples, or made from the schema; secrets in them become placeholders."""

import json

import pytest

from apiclient.importers.openapi import read


def call_of(operation: dict, **top):
    text = json.dumps({"openapi": "3.1.0", **top, "paths": {"/": {"post": operation}}})
    found = read(text)
    return found.services[0].calls[0], found.notes


def body_of(content: dict, **top):
    call, _ = call_of({"requestBody": {"content": content}}, **top)
    return call.body, (call.headers or {}).get("Content-Type")


@pytest.mark.parametrize(
    "media",
    [
        {"example": {"a": 1}},
        {"examples": {"x": {"externalValue": "https://e.example"}, "y": {"value": {"a": 1}}}},
        {"examples": {"x": {"$ref": "#/components/examples/E"}}},
        {"schema": {"example": {"a": 1}}},
        {"schema": {"properties": {"a": {"type": "integer"}}}},
    ],
)
def test_json_is_taken_from_wherever_it_is_given(media):
    text, kind = body_of({"application/json": media}, components={"examples": {"E": {"value": {"a": 1}}}})
    assert (json.loads(text), kind) == ({"a": 1}, "application/json")


def test_other_types_follow_in_order():
    assert body_of(
        {
            "text/plain": {"example": "t"},
            "application/x-www-form-urlencoded": {"example": {"a": "1 2", "password": "planted"}},
        }
    ) == (
        "a=1+2&password={{ secret.password }}",
        "application/x-www-form-urlencoded",
    )
    assert body_of({"application/xml": {"example": "<a/>"}}) == ("<a/>", "application/xml")
    assert body_of({"*/*": {"example": {"a": 1}}})[1] == "application/json"


def test_secrets_of_examples_become_placeholders():
    text, _ = body_of({"application/json": {"example": {"user": "ann", "password": "planted"}}})
    assert json.loads(text) == {"user": "ann", "password": "{{ secret.password }}"}


def test_what_cannot_be_made_is_noted():
    call, notes = call_of({"requestBody": {"content": {"multipart/form-data": {}, "image/png": {}}}})
    assert (call.body, notes) == (
        None,
        ("paths./.post: a body of image/png, multipart/form-data cannot be made; it was left out.",),
    )
    call, notes = call_of({"requestBody": {"content": {"application/json": {"example": "x" * 300_000}}}})
    assert (call.body, notes) == (
        None,
        ("paths./.post: its example body has more than 200000 bytes and was left out.",),
    )


def test_bodies_of_swagger():
    swagger = {"openapi": None, "swagger": "2.0", "host": "x.example", "consumes": ["application/json"]}
    body = {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/A"}}
    call, _ = call_of({"parameters": [body]}, **swagger, definitions={"A": {"properties": {"a": {"type": "boolean"}}}})
    assert (json.loads(call.body), call.headers) == ({"a": True}, {"Content-Type": "application/json"})
    fields = [
        {"name": "a", "in": "formData", "type": "string", "default": "x"},
        {"name": "b", "in": "formData", "type": "string", "required": True},
        {"name": "c", "in": "formData", "type": "string"},
    ]
    call, _ = call_of({"parameters": fields}, **swagger)
    assert (call.body, call.headers) == ("a=x&b=string", {"Content-Type": "application/x-www-form-urlencoded"})
    call, notes = call_of({"parameters": [*fields, {"name": "f", "in": "formData", "type": "file"}]}, **swagger)
    assert (call.body, notes) == (None, ("paths./.post: it sends a file, which no call can; its body was left out.",))
