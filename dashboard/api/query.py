"""The words of an address, read strictly: one that is not understood is a 400 that names it and what is allowed."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.report import STEPS
from apiclient.selection import Selection
from dashboard import filters
from dashboard.access import reach
from dashboard.api.refusal import BadQuery

T = TypeVar("T")
PAGE_WORDS = ("cursor", "limit")


def selection(request: Request, also: Iterable[str] = ()) -> Selection:
    """What the shared filter words select; ``also`` names the words that the view reads itself."""
    query = filters.parse(request.query_params, reach(request), also)
    refuse(query.problems | _repeated(request))
    return query.selection


def only(request: Request, *words: str) -> None:
    """Refuse every word but these."""
    allowed = ", ".join(sorted(words)) or "none"
    unknown = {
        word: f"There is no filter of that name here. Known are: {allowed}."
        for word in request.query_params
        if word not in words
    }
    refuse(unknown | _repeated(request))


def read(request: Request, word: str, reader: Callable[[str], T], default: str = "") -> T:
    """One word of the view's own; the reader's ValueError becomes the 400."""
    try:
        return reader(request.query_params.get(word, default))
    except ValueError as error:
        raise BadQuery({word: str(error)}) from None


def refuse(problems: dict[str, str]) -> None:
    if problems:
        raise BadQuery(problems)


def _repeated(request: Request) -> dict[str, str]:
    lists = request.query_params.lists()
    return {word: "Give it once; several values are joined by commas." for word, values in lists if len(values) > 1}


def _words(name: str, kind: type[Enum], description: str) -> OpenApiParameter:
    enum = [getattr(member, "slug", None) or member.value for member in kind]
    return OpenApiParameter(name, str, many=True, explode=False, enum=enum, description=description)


def _text(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, **more)


SINCE = "The first moment: ISO 8601, or a time ago such as `-24h` (m, h, d, w)."
FILTERS = [
    _text("service", "Services by id or slug, comma-separated."),
    _text("call", "Calls by id or `service/call` slugs, comma-separated."),
    _text("status_code", "Codes, ranges and classes, comma-separated: `404`, `500-504`, `2xx`."),
    _words("code_class", CodeClass, "The hundreds of the status code; `none` where no code came back."),
    _words("category", Category, "The column of the code table; `no_response` where no code came back."),
    _words("failure", Failure, "Why there was no usable answer."),
    _words("verdict", Verdict, "Whether the call's expectation was met."),
    _text("since", SINCE, default="-24h"),
    _text("until", "The moment after the last one, as `since`.", default="now"),
    _text("q", "Part of the error message's text, at most 200 characters."),
]
STEP = _text("step", "How long one step is; `auto` keeps their number readable.", enum=["auto", *STEPS], default="auto")
