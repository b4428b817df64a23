"""Real files, damaged: whatever was done to them, they are read or refused with a sentence, never anything else."""

import json
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apiclient.importers import SOURCES

WILD = Path(__file__).parent / "wild"
FILES = {
    "openapi": ["petstore.yaml", "uspto.yaml", "notion.com.openapi.json"],
    "postman": ["code-generators.postman_collection.json", "inherited-entities.postman_collection.json"],
    "har": ["chromium-httpbin.har"],
}
ODD = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "{{x}}",
    "{{ secret.x }}",
    "\u0000"[:0],
    "é" * 50,
    [],
    [None],
    [[]],
    {},
    {"": None},
    {"$ref": "#/"},
    {"$ref": "#/paths"},
    {"$ref": "#/info/title"},
    {"type": "object"},
    [{"key": None}],
    "http://[",
    "//",
    "%",
]
COMMAND = """curl 'https://shop.example/api/orders?page=2' -X 'PUT' -H 'authorization: Bearer abc.def' \\
  -b 'session=1' --data-raw $'{"name":"O\\'Brien \\u00e9 \\ud83d\\ude00"}' --compressed
curl -u ann:b --digest https://a.example
"""
TABLE = "# T\n|###|Success|###|Error|\n|-|-|-|-|\n|Code|Message|Code|Message|\n|200|OK|404[^1]|No|\n"
TABLE += "<table><tr><td>1</table>"
LINES = "+-----+----+\n| 200 | OK |\n+-----+----+\n\n=== ==\n200 OK\n=== ==\n\n|===\n|200 |OK\n|===\n"


def read_or_refuse(source: str, text: str) -> None:
    try:
        SOURCES[source](text, "a name")
    except ValueError as error:
        assert str(error)
        assert len(str(error)) < 2000


def places(value, place=()):
    """Every place in the document."""
    yield place
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield from places(child, (*place, key))


def damaged(text: str, chance: random.Random) -> str:
    document = yaml.load(text, yaml.CSafeLoader)
    found = [place for place in places(document) if place]
    for _ in range(chance.randint(1, 4)):
        place = chance.choice(found)
        parent = document
        try:
            for key in place[:-1]:
                parent = parent[key]
            action = chance.randrange(3)
            if action == 0:
                parent[place[-1]] = chance.choice(ODD)
            elif action == 1:
                del parent[place[-1]]
            else:
                parent[place[-1]] = [parent[place[-1]]] * 2
        except (KeyError, IndexError, TypeError):
            continue
    return json.dumps(document, default=str)


@pytest.mark.parametrize(("source", "name"), [(source, name) for source, names in FILES.items() for name in names])
def test_values_of_the_wrong_kind_are_refused_with_a_sentence(source, name):
    text = (WILD / name).read_text()
    chance = random.Random(20261124)
    for _ in range(30 if name.endswith("openapi.json") else 150):
        read_or_refuse(source, damaged(text, chance))


@pytest.mark.parametrize(("source", "name"), [(source, name) for source, names in FILES.items() for name in names])
def test_a_damaged_text_is_refused_with_a_sentence(source, name):
    text = (WILD / name).read_text()
    chance = random.Random(name)
    for _ in range(60):
        at, length = chance.randrange(len(text)), chance.choice([0, 1, 30])
        put = chance.choice(["", "{", "]", '"', ":", "\n", "&a", "*a", "!!x", "\t", "é", "\x00", "\ud800"])
        read_or_refuse(source, text[:at] + put + text[at + length :])


@pytest.mark.parametrize(
    ("source", "text"), [("curl", COMMAND), ("code_table", TABLE), ("code_table", LINES), ("code_table", TABLE + LINES)]
)
def test_damaged_commands_and_tables_are_read_or_refused(source, text):
    chance = random.Random(text)
    for _ in range(2000):
        at, length = chance.randrange(len(text)), chance.choice([0, 1, 5])
        put = chance.choice(
            ["", "'", '"', "\\", "$", "\n", "|", "-", "<td>", "^", "+", "=", "curl ", "\x00", "é", "999"]
        )
        read_or_refuse(source, text[:at] + put + text[at + length :])


@pytest.mark.parametrize("source", SOURCES)
@given(text=st.text())
def test_any_text_is_read_or_refused(source, text):
    read_or_refuse(source, text)


@pytest.mark.parametrize("source", ["openapi", "postman", "har"])
@given(data=st.data())
def test_any_document_is_read_or_refused(source, data):
    names = st.sampled_from(
        [
            "openapi",
            "swagger",
            "info",
            "paths",
            "/",
            "get",
            "post",
            "parameters",
            "name",
            "in",
            "schema",
            "$ref",
            "responses",
            "200",
            "default",
            "components",
            "security",
            "servers",
            "url",
            "variables",
            "item",
            "request",
            "auth",
            "basic",
            "url",
            "raw",
            "header",
            "body",
            "mode",
            "raw",
            "log",
            "entries",
            "method",
            "headers",
        ]
    )
    leaves = (
        st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["3.0.0", "2.0", "path", "#/", "GET"])
    )
    value = data.draw(
        st.recursive(leaves, lambda children: st.lists(children) | st.dictionaries(names, children), max_leaves=40)
    )
    start = {"openapi": {"openapi": "3.0.0"}, "postman": {"item": []}, "har": {"log": {"entries": []}}}[source]
    read_or_refuse(source, json.dumps({**start, **(value if isinstance(value, dict) else {"item": value})}))
