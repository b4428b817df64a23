"""One operation, one call: what is sent, what is missing, what arrives paused."""

import json

import pytest

from apiclient.importers.described import Answer
from apiclient.importers.openapi import read


def described(operation: dict, *, path: str = "/pets/{petId}", method: str = "get", version: str = "3.0.3", **more):
    top = {"openapi": version, "servers": [{"url": "https://api.example.org/v1/"}]}
    return read(json.dumps({**top, "info": {"title": "Pets"}, "paths": {path: {method: operation}}, **more}))


def call_of(operation: dict, **options):
    return described(operation, **options).services[0].calls[0]


def parameter(name: str = "petId", place: str = "path", **more):
    return {"name": name, "in": place, "required": True, **more}


@pytest.mark.parametrize(
    "given",
    [
        {"example": 7},
        {"schema": {"example": 7}},
        {"schema": {"default": 7}},
        {"schema": {"enum": [7, 8]}},
        {"schema": {"const": 7}},
        {"schema": {"examples": [7, 8]}},
        {"examples": {"one": {"value": 7}}},
        {"schema": {"$ref": "#/components/schemas/Seven"}},
        {"content": {"text/plain": {"example": 7}}},
    ],
)
def test_an_example_makes_the_call_complete(given):
    components = {"schemas": {"Seven": {"type": "integer", "example": 7}}}
    call = call_of({"parameters": [parameter(**given)]}, components=components)
    assert (call.path, call.enabled, call.interval_seconds) == ("/pets/7", None, None)


def test_a_path_without_an_example_is_a_placeholder_and_the_call_is_paused():
    found = described({"operationId": "show", "parameters": [parameter("pet id")]}, path="/pets/{pet id}/{toy}")
    call = found.services[0].calls[0]
    assert (call.path, call.enabled) == ("/pets/{{ pet_id }}/{{ toy }}", False)
    assert found.notes == (
        "Give the variable 'pet_id' a value: paths./pets/{pet id}/{toy}.get.parameters[0] has no example;"
        " until then such calls are paused.",
        "Give the variable 'toy' a value: paths./pets/{pet id}/{toy}.get has no example;"
        " until then such calls are paused.",
    )


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"schema": {"example": "a b&c"}}, "q=a%20b%26c"),
        ({"schema": {"type": "array", "items": {"enum": ["x", "y"]}}}, "q=x"),
        ({"example": ["x", "y"]}, "q=x&q=y"),
        ({"example": ["x", "y"], "explode": False}, "q=x,y"),
        ({"example": ["x", "y"], "style": "pipeDelimited", "explode": False}, "q=x|y"),
        ({"example": {"a": 1}, "style": "deepObject"}, "q[a]=1"),
        ({"example": {"a": 1, "b": 2}}, "a=1&b=2"),
        ({"example": {"a": 1, "b": 2}, "explode": False}, "q=a,1,b,2"),
        ({"content": {"application/json": {"example": {"a": 1}}}}, "q=%7B%22a%22%3A%201%7D"),
        ({"example": False}, "q=false"),
        ({}, "q={{ q }}"),
        ({"required": False, "example": "x"}, ""),
    ],
)
def test_required_parameters_of_the_query_are_sent(given, query):
    call = call_of({"parameters": [parameter("q", "query", **given)]}, path="/pets")
    assert call.path == f"/pets{'?' if query else ''}{query}"


def test_headers_and_cookies_that_are_required_are_sent_and_secrets_stay_placeholders():
    parameters = [
        parameter("X-Tenant", "header", example="acme"),
        parameter("X-Api-Key", "header", example="planted"),
        parameter("Accept", "header", example="text/plain"),
        parameter("lang", "cookie", example="uk"),
    ]
    found = described({"parameters": parameters}, path="/pets")
    call = found.services[0].calls[0]
    assert call.headers == {"X-Tenant": "acme", "X-Api-Key": "{{ secret.X-Api-Key }}", "Cookie": "lang=uk"}
    assert call.enabled is False
    assert "planted" not in repr(found)


def test_an_operations_own_parameter_wins_over_its_paths():
    item = {"parameters": [parameter(example=1)], "get": {"parameters": [parameter(example=2)]}, "head": {}}
    text = json.dumps({"openapi": "3.1.0", "paths": {"/pets/{petId}": item}})
    assert [call.path for call in read(text).services[0].calls] == ["/pets/2", "/pets/1"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_changes_something_arrives_paused(method):
    assert call_of({"responses": {}}, path="/pets", method=method).enabled is False


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ({"operationId": "listPets", "summary": "List"}, "listPets"),
        ({"summary": "List"}, "List"),
        ({}, "GET /pets"),
    ],
)
def test_the_name_is_the_one_that_lasts(operation, name):
    assert call_of(operation, path="/pets").name == name


def test_all_documented_answers_come_along():
    responses = {
        "200": {"description": "Fine.\nReally.\n\nMore."},
        "4XX": {"$ref": "#/components/responses/Bad"},
        "default": {"description": "Else"},
        "x-more": {},
        "200-204": {"description": "a range"},
        "400-499": {"description": "the same as 4XX"},
        "2OO": {"description": "a typo"},
        "504-500": {},
    }
    found = described({"responses": responses}, path="/", components={"responses": {"Bad": {"description": "Bad"}}})
    assert found.services[0].calls[0].answers == (
        Answer("200", "Fine. Really."),
        Answer("4xx", "Bad"),
        Answer("200-204", "a range"),
        Answer("400-599", "Else", "error"),
    )
    assert found.notes == (
        "paths./.get.responses: '2OO' is no status code and was left out.",
        "paths./.get.responses: '504-500' is no status code and was left out.",
    )


def test_default_alone_stands_for_every_answer():
    assert call_of({"responses": {"default": {"description": "any"}}}, path="/").answers == (Answer("100-599", "any"),)


def test_the_accepted_type_is_that_of_the_good_answer():
    responses = {"200": {"content": {"text/html": {}, "application/problem+json": {}}}}
    assert call_of({"responses": responses}, path="/").headers == {"Accept": "application/problem+json"}


def test_what_no_call_can_make_is_noted():
    found = described({"callbacks": {}}, path="/", webhooks={"x": {}}, version="3.2.0")
    assert found.notes == (
        "the file: version 3.2.0 is read as 3.1.",
        "the file: webhooks: 1 requests that the API itself sends are not imported.",
        "paths./.get: callbacks, which the API itself sends, are not imported.",
    )
    with pytest.raises(ValueError, match="no operation that could be called"):
        described({}, method="trace")


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ({"parameters": {}}, "paths./pets/{petId}.get.parameters: must be a list and is an object."),
        ({"parameters": [1]}, "paths./pets/{petId}.get.parameters[0]: must be an object and is a number."),
        ({"parameters": [{"name": []}]}, "paths./pets/{petId}.get.parameters[0].name: must be a text and is a list."),
        ({"responses": []}, "paths./pets/{petId}.get.responses: must be an object and is a list."),
        ({"responses": {"200": "x"}}, "paths./pets/{petId}.get.responses.200: must be an object and is a text."),
        (
            {"parameters": [parameter(schema={"$ref": "other.yaml#/X"})]},
            "paths./pets/{petId}.get.parameters[0].schema: the reference"
            " 'other.yaml#/X' leads out of this file and is not followed; only #/... is."
            " Bundle the description into one file.",
        ),
        ("x", "paths./pets/{petId}.get: must be an object and is a text."),
    ],
)
def test_wrong_types_are_refused_with_their_place(operation, sentence):
    with pytest.raises(ValueError) as refused:
        described(operation)
    assert str(refused.value) == sentence
