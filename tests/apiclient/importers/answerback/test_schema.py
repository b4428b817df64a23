"""What the schema takes is what is read, and what is read it takes."""

import json
from pathlib import Path

import jsonschema
import pytest

from apiclient.importers.answerback.read import BadFile, read_value
from apiclient.importers.answerback.schema import schema

SERVED = Path(__file__).parents[4] / "dashboard/static/dashboard/answerback.schema.json"
GOOD = {
    "x-any": [1],
    "services": [
        {
            "name": "Shop", "base_url": "https://a.example", "headers": {"A": 1}, "concurrency": None,
            "environments": {"staging": {"a": "b"}}, "auth": {"kind": "none"}, "answers": [{"codes": 404}],
            "calls": [{"name": "A", "method": "GET", "checks": [{"kind": "body"}], "locations": ["paris"]}],
        }
    ],
}  # fmt: skip


def takes(value: object) -> bool:
    return jsonschema.Draft7Validator(schema()).is_valid(value)


def test_the_served_schema_is_the_one_of_the_code():
    assert json.loads(SERVED.read_text()) == schema(), "manage.py export --schema > " + str(SERVED)


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(schema())
    assert takes(GOOD) and read_value(GOOD).services[0].name == "Shop"


@pytest.mark.parametrize(
    "change",
    [
        {"base_ulr": "x"}, {"enabled": "yes"}, {"concurrency": -1}, {"headers": [1]}, {"headers": {"a": [1]}},
        {"environments": {"a": 1}}, {"auth": "bearer"}, {"answers": [{"message": "x"}]}, {"answers": {}},
        {"answers": [{"codes": 404, "kind": "maybe"}]}, {"calls": [5]}, {"calls": [{"name": "B", "method": "BREW"}]},
        {"calls": [{"name": "B", "checks": ["x"]}]}, {"calls": [{"name": "B", "locations": "paris"}]},
        {"calls": [{}]}, {"name": None}, {"concurrency": 1.5}, {"enabled": None},
    ],
)  # fmt: skip
def test_what_is_refused_is_marked_in_editors_too(change):
    value = {"services": [GOOD["services"][0] | change]}
    with pytest.raises(BadFile):
        read_value(value)
    assert not takes(value)


def test_what_stands_for_nothing_is_taken_by_both():
    names = ("description", "headers", "auth", "variables", "environments", "proxy", "concurrency", "answers", "calls")
    value = {"services": [{"name": "A"} | dict.fromkeys(names)]}
    assert takes(value) and read_value(value).services
