"""The kinds of files that can be imported, and a guess at which one a text is. Pure."""

import re
from collections.abc import Callable

from apiclient.importers import openapi
from apiclient.importers.described import Described

SOURCES: dict[str, Callable[[str, str], Described]] = {
    "openapi": openapi.read,
}
"""By name, a function of the text and of a name for what has none of its own. ValueError with a sentence for people.

``enabled=False`` on a call that changes something or lacks a value or secret is meant for a new call:
one that is there already stays as people have set it.
"""
_OPENAPI = re.compile(r"""^[{\s]*['"]?(openapi|swagger)['"]?\s*:|"(openapi|swagger)"\s*:""", re.MULTILINE)


def sniff(text: str) -> str | None:
    """The source that this text seems to be of; None when it looks like none. It may still be refused there."""
    return "openapi" if _OPENAPI.search(text[:200_000]) else None
