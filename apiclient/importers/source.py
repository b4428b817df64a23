"""The kinds of files that can be imported, and a guess at which one a text is. Pure."""

import re
from collections.abc import Callable, Iterator

from apiclient.importers import code_table, commands, har, openapi, postman
from apiclient.importers.described import Described

SOURCES: dict[str, Callable[[str, str], Described]] = {
    "openapi": openapi.read,
    "postman": postman.read,
    "har": har.read,
    "curl": commands.read,
    "code_table": code_table.read,
}
"""By name, a function of the text and of a name for what has none of its own. ValueError with a sentence for people.

``enabled=False`` on a call that changes something or lacks a value or secret is meant for a new call:
one that is there already stays as people have set it.
"""
_LOOKED_AT = 4 << 20
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:]')
_KEYS = {"openapi": "openapi", "swagger": "openapi", "log": "har", "item": "postman", "collection": "postman"}
_TABLE = re.compile(r"<table[\s>]|^\s*\|.*\d{3}|^\+[-=]+\+|^={3,} +={3,}", re.MULTILINE | re.IGNORECASE)
_YAML = re.compile(r"""^['"]?(openapi|swagger)['"]?[ \t]*:""", re.MULTILINE)


def sniff(text: str) -> str | None:
    """The source that this text seems to be of; None when it looks like none. It may still be refused there."""
    text = text[:_LOOKED_AT].removeprefix("\ufeff").lstrip()
    if text.startswith("{"):
        return next((source for key in _top_keys(text) if (source := _KEYS.get(key))), None)
    if _YAML.search(text):
        return "openapi"
    if commands.BEGINNING.search(text):
        return "curl"
    return "code_table" if _TABLE.search(text) else None


def _top_keys(text: str) -> Iterator[str]:
    """The names of the outermost object."""
    depth, last = 0, ""
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark == ":" and depth == 1:
            yield last
        depth += (mark in "[{") - (mark in "]}")
        last = mark.strip('"')
