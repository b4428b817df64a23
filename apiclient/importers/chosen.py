"""A text of any source, read under the service and the base URL that somebody chose. Pure."""

import re
from dataclasses import replace

from apiclient.importers import answerback
from apiclient.importers.described import Described
from apiclient.importers.source import SOURCES, sniff

READERS = SOURCES | {"answerback": answerback.read}
LABELS = {
    "openapi": "OpenAPI 3 or Swagger 2",
    "postman": "Postman collection",
    "har": "HAR archive",
    "curl": "curl commands",
    "code_table": "Table of codes",
    "answerback": "Answerback's own YAML",
}
_OWN = re.compile(r"""^["']?services["']?[ \t]*:|^\{\s*"services"\s*:""", re.MULTILINE)


class Unknown(ValueError):
    """The source is none, or cannot be found out."""


def source_of(text: str) -> str:
    """Which source the text looks like. Unknown where it looks like none."""
    found = sniff(text) or ("answerback" if _OWN.search(text[:200_000]) else None)
    if found is None or found not in READERS:
        raise Unknown(f"It cannot be found out what this is. Choose one of {', '.join(READERS)}.")
    return found


def read_as(source: str, text: str, service: str = "", base_url: str = "") -> Described:
    """What it describes; '' leaves to the text how the service is called and where it is. ValueError for people."""
    if source not in READERS:
        raise Unknown(f"There is no source {source[:40]!r}. Use one of {', '.join(READERS)}.")
    described = READERS[source](text, service)
    if not (service or base_url):
        return described
    if len(described.services) != 1:
        raise ValueError(f"It describes {len(described.services)} services, so none can be given a name or a base URL.")
    (one,) = described.services
    one = replace(one, name=service or one.name, base_url=base_url or one.base_url)
    return replace(described, services=(one,))
