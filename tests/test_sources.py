"""docs/sources.md is true: its sources are those of the code, its example becomes what it says, its limits hold."""

import re
from pathlib import Path

from apiclient.importers import SOURCES, code_table, commands, document, har, sniff
from apiclient.importers.openapi import operation, sample
from apiclient.importers.postman import item

PAGE = (Path(__file__).parents[1] / "docs" / "sources.md").read_text()


def test_every_source_is_in_the_table():
    listed = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))
    assert listed == {"openapi", "postman", "har", "curl", "code_table"}
    assert listed <= set(SOURCES)


def test_the_example_becomes_what_the_page_says():
    text = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    notes = re.findall(r"```\n(Make .*?)\n```", PAGE, re.DOTALL)[0]
    assert sniff(text) == "openapi"
    described = SOURCES["openapi"](text, "")
    service = described.services[0]
    call = service.calls[0]
    assert (service.name, service.base_url) == ("Pet store", "https://pets.example/v1")
    assert service.auth == {"kind": "api_key", "in": "header", "name": "X-Key", "value": "{{ secret.key }}"}
    assert (call.name, call.method, call.path, call.enabled) == ("showPet", "GET", "/pets/{{ petId }}", False)
    assert [answer.codes for answer in call.answers] == ["200", "404", "400-599"]
    assert list(described.notes) == notes.splitlines()


def test_the_limits_are_those_of_the_code():
    assert (document.LONGEST, document.MOST, document.DEEPEST, sample.MOST) == (16 << 20, 1_500_000, 120, 400)
    assert (operation.MOST_CALLS, item.MOST_CALLS, har.MOST_CALLS, commands.MOST) == (5000, 5000, 2000, 500)
    assert code_table.MOST_ANSWERS == 300
