"""Postman collections 2.1 and 2.0 -> services with calls, one service for each base URL. Pure.

Folders become part of the names, their auth is inherited, examples become documented answers. Scripts are named in the
notes and never run.
"""

import re

from apiclient.importers.described import Described
from apiclient.importers.document import load
from apiclient.importers.located import services_of
from apiclient.importers.naming import first_paragraph
from apiclient.importers.part import Part, Root, kind_of
from apiclient.importers.postman.collection import Collection
from apiclient.importers.postman.item import calls_of
from apiclient.importers.postman.variable import Variables

LONGEST_DESCRIPTION = 500
_VERSION = re.compile(r"/collection/v?(\d+(?:\.\d+)?)")


def read(text: str, name: str = "") -> Described:
    """What the collection holds; ``name`` is for one without a name. ValueError names the place."""
    root = Root(load(text))
    part = _collection(root.part)
    variables = Variables.of(part)
    collection = Collection(part, variables)
    found = list(calls_of(collection))
    if not found:
        raise ValueError("item: the collection has no request that a call could make.")
    info = part.at("info")
    services = services_of(
        info.text("name") or part.text("name") or name or "Imported collection",
        found,
        auth=collection.auth,
        description=first_paragraph(_described(info), LONGEST_DESCRIPTION) or None,
        variables=variables.values,
    )
    return Described(services, (*root.notes, *collection.notes()))


def _described(info: Part) -> str:
    """A text, or in 2.1 an object with one."""
    return (
        info.at("description").text("content")
        if isinstance(info.at("description").value, dict)
        else info.text("description")
    )


def _collection(part: Part) -> Part:
    """The collection; ValueError when it is something else that Postman writes."""
    if not isinstance(part.value, dict):
        raise ValueError(f"A Postman collection is an object; this is {kind_of(part.value)}.")
    if "collection" in part and "item" not in part:
        part = part.at("collection")
    if "item" not in part:
        if "requests" in part and "order" in part:
            raise ValueError("Collections of version 1 are not read. Export it as Collection v2.1 from Postman.")
        if "values" in part and "item" not in part:
            raise ValueError("This is an environment of Postman, which holds no requests. Export the collection.")
        raise ValueError('The file has no "item" at its top, so it is no Postman collection.')
    version = _VERSION.search(part.at("info").text("schema"))
    if version and not version[1].startswith("2"):
        raise ValueError(f"info.schema: version {version[1]} is not read; 2.1 and 2.0 are.")
    return part
