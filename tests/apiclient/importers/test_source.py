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
        ("something else", None),
        ("", None),
    ],
)
def test_the_source_is_guessed(text, source):
    assert sniff(text) == source
