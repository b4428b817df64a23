"""JSON Schema: nothing is fetched, and neither a schema nor a body takes more than a few seconds."""

import time

import pytest

from apiclient.check import Wrong, checks_of
from tests.apiclient.check.judged import judged, nested

NODE = {"$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}
BRANCHING = {"$defs": {"n": {"anyOf": [{"items": {"$ref": "#/$defs/n"}}] * 2}}, "$ref": "#/$defs/n"}


def of(schema):
    return {"kind": "schema", "schema": schema}


def twice(levels):
    """A schema that looks 2 ** levels times at the same place."""
    laughing = {f"d{nth}": {"anyOf": [{"$ref": f"#/$defs/d{nth + 1}"}, {"$ref": f"#/$defs/d{nth + 1}"}]}
                for nth in range(levels)}  # fmt: skip
    return {"$ref": "#/$defs/d0", "$defs": laughing | {f"d{levels}": {"type": "string"}}}


def without_end(levels):
    schema = {}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


def test_the_first_difference_is_told():
    schema = of({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}})
    assert judged(schema, {"id": 1}) == ("The body must fit its JSON Schema.", True, False)
    result = judged(schema, {"id": "x"})
    assert result.sentence == 'The body must fit its JSON Schema: at /id: "x" is not of type "integer".'
    assert judged(schema, b"<html>").holds is False


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "http://127.0.0.1:9/schema"}, "use a place of this schema"),
        ({"$ref": "file:///etc/passwd"}, "use a place of this schema"),
        ({"properties": {"a": {"$ref": "other.json#/a"}}}, "use a place of this schema"),
        ({"$schema": "http://127.0.0.1:9/meta"}, "no JSON Schema that can be used"),
        ({"$ref": "#/$defs/gone"}, "there is nothing there"),
        ({"$ref": "#"}, "refers to itself"),
        ({"allOf": [{"$ref": "#"}]}, "refers to itself"),
        ({"$dynamicRef": "#a"}, "use \\$ref"),
        ({"properties": {"a": {"$id": "http://h/"}}}, "use \\$defs"),
        ({"type": "nope"}, "no JSON Schema that can be used"),
        ({"pattern": "(?=a)b"}, "no JSON Schema that can be used"),
        ({"pattern": "((a{100}){100}){100}"}, "no JSON Schema that can be used"),
        ({"enum": ["x" * 70_000]}, "at most 65536"),
        (twice(30), "too often"),
        (without_end(900), "nested deeper than 100 levels"),
        (without_end(50_000), "nested deeper than 100 levels"),
        ([], "Give a JSON Schema"),
        (None, "Give a JSON Schema"),
        ("{}", "Give a JSON Schema"),
    ],
)
def test_what_is_refused_is_told_why_and_at_once(schema, said):
    began = time.monotonic()
    with pytest.raises(Wrong, match=said) as refused:
        checks_of([of(schema)])
    assert refused.value.place == "[0].schema"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("schema", "body", "holds"),
    [
        (NODE, nested(40), True),
        (NODE, nested(60), False),
        (NODE, nested(100_000), False),
        (BRANCHING, nested(6), True),
        (BRANCHING, nested(40), False),
        (twice(10), b'"x"', True),
        ({"pattern": "^(a+)+$"}, b'"' + b"a" * 100_000 + b'!"', False),
        ({"uniqueItems": True}, b"[" + b",".join(b"[%d]" % nth for nth in range(100_000)) + b"]", True),
        ({"items": {"type": "integer"}}, b"[" + b"1," * 500_000 + b"1]", True),
    ],
)
def test_a_hostile_body_or_schema_is_judged_in_time(schema, body, holds):
    began = time.monotonic()
    assert judged(of(schema), body).holds is holds
    assert time.monotonic() - began < 5
