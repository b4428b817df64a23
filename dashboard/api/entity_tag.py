"""``ETag``, ``If-Match`` and ``If-None-Match``: who has read what is configured changes that, and nothing newer.

A tag is ``"VERSION.CONTENT"``. Whether a change is allowed depends on the version alone: when a call is due next is
other content at every slot, and no reason to refuse an edit. Compression makes a tag weak on its way, so that a weak
one is as good as a strong one here.
"""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from dashboard.api.refusal import BadHeader, Refused
from dashboard.version import digest, told, version

TAG = r'(?:W/)?"[!#-~]*"'
TAGS = re.compile(rf"\*|{TAG}(?:[ \t]*,[ \t]*{TAG})*")
_ONE = re.compile(r'"([!#-~]*)"')


def _parameter(name: str, description: str) -> OpenApiParameter:
    schema = {"type": "string", "pattern": f"^(?:{TAGS.pattern})$"}
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


IF_MATCH = _parameter("If-Match", "The ETag that was read: if somebody changed it since, the answer is a 412.")
IF_NONE_MATCH = _parameter("If-None-Match", "The ETag that is known: if nothing changed since, the answer is a 304.")
ETAG = OpenApiParameter(
    "ETag",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="To be sent back as If-Match with a change.",
    response=[200, 201],
)


def tag_of(thing: Any, shown: Any) -> str:
    """Of a thing as it is shown."""
    return f'"{version(thing)}.{digest(shown)}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether who asks has this very content already."""
    known = _read(request, "If-None-Match")
    return "*" in known or tag.strip('"') in known


def must_match(request: Request, thing: Any, tag: str) -> None:
    """A 412 where who asks has read another version; nothing where they do not say which."""
    read = _read(request, "If-Match")
    if not read or "*" in read or version(thing) in {one.partition(".")[0] for one in read}:
        return
    raise Refused(412, f"{told(thing)} Read it again; its ETag is now {tag}.", {"ETag": tag})


def _read(request: Request, name: str) -> set[str]:
    """The tags of a header without their quotes, or ``*``."""
    if name not in request.headers:
        return set()
    text = request.headers[name].strip()
    if text == "*":
        return {text}
    if not TAGS.fullmatch(text):
        raise BadHeader(name, 'Use ETags as they came, quotes included, such as "9f86d081.884c7d65", or *.')
    return set(_ONE.findall(text))
