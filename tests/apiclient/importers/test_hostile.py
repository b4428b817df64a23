"""Files made to take for ever or all memory: each is over in seconds, with a sentence or with a bounded result."""

import json
import time

import pytest

from apiclient.importers import SOURCES, sniff

WIDE = {"properties": {f"p{at}": {"type": "object", "properties": {"q": {"type": "string"}}} for at in range(1000)}}
MANY = [{"name": f"p{at}", "in": "query", "required": True, "example": "x"} for at in range(300)]


def openapi(operation: dict, **components) -> str:
    paths = {f"/p{at}": {"post": operation} for at in range(3000)}
    return json.dumps({"openapi": "3.0.0", "components": components, "paths": paths})


def body(name: str) -> dict:
    return {"requestBody": {"content": {"application/json": {"schema": {"$ref": f"#/components/{name}"}}}}}


def har(request: dict, count: int = 1) -> str:
    entry = {"request": {"method": "POST", "url": "https://a.example/", **request}}
    return json.dumps({"log": {"entries": [entry] * count}})


FORKS = {f"s{at}": {"allOf": [{"$ref": f"#/components/s{at + 1}"}] * 10} for at in range(20)}
HOSTILE = {
    "parameters shared by all": ("openapi", openapi({"parameters": {"$ref": "#/components/x"}}, x=MANY)),
    "a schema that forks without end": ("openapi", openapi(body("s0"), **FORKS)),
    "a wide schema for all": ("openapi", openapi(body("x"), x=WIDE)),
    "a long text for all": (
        "openapi",
        openapi({"responses": {"$ref": "#/components/x"}}, x={"200": {"description": "a b " * 900_000}}),
    ),
    "braces": ("openapi", json.dumps({"openapi": "3.0.0", "paths": {"/" + "{" * 3_000_000: {"get": {}}}})),
    "yaml without end": ("openapi", "openapi: 3.0.0\nx:\n" + "- {a: 1, b: [1, 2]}\n" * 700_000),
    "yaml nested": ("openapi", "- " * 8_000_000),
    "json nested": ("openapi", "[" * 16_000_000),
    "an open quote": ("openapi", '{"openapi": "' + "\\" * 16_000_000),
    "a long address": ("har", har({"url": "https://a.example/?" + "a=1&" * 3_000_000})),
    "quotes": ("har", har({"postData": {"text": '"password":"' * 16_000}}, 60)),
    "open elements": ("har", har({"postData": {"text": "<password>" + "a" * 190_000}}, 60)),
    "open variables": (
        "postman",
        json.dumps({"item": [{"request": {"url": "https://a.example/" + "{{ a" * 1_000_000}}]}),
    ),
    "variables in variables": (
        "postman",
        json.dumps(
            {
                "item": [{"request": "https://{{v0}}/"}],
                "variable": [{"key": f"v{at}", "value": f"{{{{v{at + 1}}}}}" * 100} for at in range(900)],
            }
        ),
    ),
    "folders": ("postman", '{"item":[' * 59 + '{"request":"https://a.example"}' + "]}" * 59),
    "empty lines": ("curl", "curl https://a.example/" + "\n" * 1_900_000),
    "headers": ("curl", "curl https://a.example/ " + "".join(f"-H 'a{at}: b' " for at in range(20_000))),
    "open quotes": ("curl", "curl 'https://a.example/\n" * 499),
    "brackets": ("code_table", "|a|b|\n|-|-|\n" + ("|200|" + "[" * 19_000 + "|\n") * 90),
    "open tags": ("code_table", "<table>" + ">" * 100 + "<a " * 49 + "x" * 1_900_000),
    "tags": ("code_table", "<table>" + "<a " * 600_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_over_in_seconds(name):
    source, text = HOSTILE[name]
    started = time.process_time()
    sniff(text)
    try:
        described = SOURCES[source](text, "")
    except ValueError as error:
        assert 0 < len(str(error)) < 500
    else:
        assert sum(len(call.body or "") for service in described.services for call in service.calls) < 50_000_000
    assert time.process_time() - started < 20
