"""How often a schema looks at one place: counted before it is used."""

import pytest

from apiclient.growth import INFINITE, LEVELS, looks


def test_a_flat_schema_looks_once_or_so_at_any_depth():
    found = looks({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}})
    assert found[0] == 1 and found[1:] == [2] * LEVELS


def test_a_list_looks_once_at_each_level():
    assert looks({"items": {"$ref": "#"}})[:4] == [1, 3, 5, 7]


def test_branches_multiply_and_recursion_raises_to_the_power():
    once = {"items": {"$ref": "#/$defs/n"}}
    found = looks({"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": [once, once]}}})
    assert found[10] > 2**9 and found[LEVELS] == INFINITE


def test_what_is_not_evaluated_elsewhere_looks_again():
    assert looks({"unevaluatedProperties": False})[0] == 2


@pytest.mark.parametrize("reference", ["#x", "#/$defs/0/a", "x#/a", 5, "#/type", "#/$defs/9"])
def test_references_are_places_of_the_schema(reference):
    schema = {"type": "object", "$defs": [{}], "properties": {"a": {"$ref": reference}}}
    if reference == "#/type":
        assert looks(schema)  # no schema, which the validator refuses
        return
    with pytest.raises(ValueError, match=r"\$ref"):
        looks(schema)


def test_escaped_names_are_found():
    assert looks({"$ref": "#/$defs/a~1b~0c", "$defs": {"a/b~c": {"type": "null"}}})[0] == 2
