"""Which source a text is of."""

import inspect

import pytest

from apiclient.importers import SOURCES, sniff


def test_each_source_takes_a_text_and_a_name():
    for read in SOURCES.values():
        text, name = inspect.signature(read).parameters.values()
        assert (text.name, name.name, name.default) == ("text", "name", "")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ('{"openapi": "3.0.0"}', "openapi"),
        ('{\n "swagger" : "2.0"}', "openapi"),
        ("# mine\nopenapi: 3.1.0", "openapi"),
        ("'swagger': '2.0'", "openapi"),
        ("openapi: 3.0.0\ninfo:\n  description: |\n    curl https://a.example", "openapi"),
        ('{"info": {"x": "swagger"}, "item": []}', "postman"),
        ('{"x": {"openapi": 1}, "collection": {}}', "postman"),
        ('{"info": {"item": []}, "openapi": "3.0.0"}', "openapi"),
        ('{"log": {"entries": [{"openapi": 1}]}}', "har"),
        ("$ curl https://a.example", "curl"),
        ("# x\ncurl https://a.example", "curl"),
        ("| Code | Message |\n|---|---|\n| 200 | OK |", "code_table"),
        ("<TABLE>", "code_table"),
        ("something else", None),
        ("", None),
    ],
)
def test_the_source_is_guessed(text, source):
    assert sniff(text) == source
