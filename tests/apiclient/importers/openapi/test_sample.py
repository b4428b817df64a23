"""Values made from schemas: allowed as far as one can tell, and always bounded."""

import pytest

from apiclient.importers.openapi import sample as module
from apiclient.importers.part import Root


def sample(schema, **definitions):
    return module.sample(Root({"schema": schema, "definitions": definitions}, has_references=True).part.at("schema"))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["null", "string"], "format": "uuid"}, "00000000-0000-4000-8000-000000000000"),
        ({"type": "string", "minLength": 8}, "stringxx"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number"}, 1),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": "array", "items": {"type": "string"}}, ["string"]),
        ({"type": "array"}, []),
        ({"type": "object"}, {}),
        ({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["b"]}, {"b": "string"}),
        ({"properties": {"a": {"type": "string", "readOnly": True}, "b": {"default": 3}}}, {"b": 3}),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"enum": [2]}}}]}, {"a": 1, "b": 2}),
        ({"oneOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"anyOf": [{"properties": {"a": {"const": 1}}}], "properties": {"b": {"const": 2}}}, {"a": 1, "b": 2}),
        (True, None),
        ({}, None),
    ],
)
def test_each_kind_of_schema_has_a_value(schema, value):
    assert sample(schema) == value


def test_recursion_ends():
    tree = {"properties": {"name": {"type": "string"}, "child": {"$ref": "#/definitions/Tree"}}}
    assert sample({"$ref": "#/definitions/Tree"}, Tree=tree) == {"name": "string", "child": None}


def test_what_branches_without_end_is_cut_off():
    wide = {
        f"D{at}": {"properties": {f"p{n}": {"$ref": f"#/definitions/D{at + 1}"} for n in range(50)}} for at in range(9)
    }
    value = sample({"$ref": "#/definitions/D0"}, **wide, D9={"type": "string"})
    assert len(repr(value)) < 20_000
