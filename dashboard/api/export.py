"""Lists as CSV and NDJSON, by ``Accept`` or ``?format=``: written as they are read, however long they are.

What goes wrong in the middle breaks the connection off: the last chunk is then missing, and no client takes half of
a list for the whole.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from itertools import islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from apiclient.report import Series
from dashboard.api.refusal import BadQuery

AT_ONCE = 1_000
"""Rows that are written in one go."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a text that begins with one of them."""


class CsvRenderer(BaseRenderer):
    """Only names the format: the view writes it."""

    media_type, format, charset = "text/csv", "csv", "utf-8"


class NdjsonRenderer(BaseRenderer):
    """Only names the format: the view writes it."""

    media_type, format, charset = "application/x-ndjson", "ndjson", "utf-8"


RENDERERS: tuple[type[BaseRenderer], ...] = (JSONRenderer, CsvRenderer, NdjsonRenderer)
FORMAT = OpenApiParameter(
    "format", str, enum=["json", "csv", "ndjson"], description="Instead of `Accept`; json where neither is given."
)


def answers(serializer: Any, columns: Sequence[str]) -> dict[tuple[int, str], Any]:
    """What an exporting list answers, for OpenAPI."""
    listed = ",".join(columns)
    table = {"type": "string", "description": f"RFC 4180 with CRLF, UTF-8, the header {listed}."}
    lines = {"type": "string", "description": "An object a line, as in the results."}
    return {(200, "application/json"): serializer, (200, "text/csv"): table, (200, "application/x-ndjson"): lines}


class Negotiation(DefaultContentNegotiation):
    """The word ``format`` of the address, else ``Accept``."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        if (word := request.query_params.get("format")) is not None and len(renderers) > 1:
            by_word = {renderer.format: renderer for renderer in renderers}
            if word not in by_word:
                raise BadQuery({"format": f"{word[:40]!r} is not known. Use one of {', '.join(map(str, by_word))}."})
            return by_word[word], str(by_word[word].media_type)
        try:
            found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            listed = ", ".join(str(renderer.media_type) for renderer in renderers)
            raise NotAcceptable(f"Nothing here is of the type that Accept asks for. Use one of {listed}.") from None
        return found


class Exporting(ViewSet):
    """A view whose list comes in every format; anything else it answers is JSON."""

    content_negotiation_class = Negotiation
    renderer_classes = RENDERERS

    def get_renderers(self) -> list[BaseRenderer]:
        return [renderer() for renderer in (RENDERERS if self.action == "list" else (JSONRenderer,))]


def is_asked(request: Request) -> bool:
    """Whether the answer is to be CSV or NDJSON."""
    return isinstance(getattr(request, "accepted_renderer", None), CsvRenderer | NdjsonRenderer)


def respond(
    request: Request,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    as_object: Callable[[Sequence[Any]], dict[str, Any]] | None = None,
) -> HttpResponseBase:
    """The rows as a file of that name; ``as_object`` makes the object of an NDJSON line where the columns do not."""
    renderer = request.accepted_renderer
    if isinstance(renderer, CsvRenderer):
        content, kind = csv_of(columns, rows), "text/csv; charset=utf-8; header=present"
    else:
        named = as_object or (lambda row: dict(zip(columns, row, strict=True)))
        content, kind = ndjson_of(rows, named), "application/x-ndjson"
    moment = datetime.now(UTC)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{moment:%Y%m%dT%H%M%SZ}.{renderer.format}"',
        "Cache-Control": "private, no-store",
    }
    if request.method == "HEAD":  # nobody would read what is found
        return HttpResponse(content_type=kind, headers=headers)
    return StreamingHttpResponse(_begun(content), content_type=kind, headers=headers)


def _begun(content: Iterator[str]) -> Iterator[str]:
    """The same with its first piece read: what goes wrong by then is still told with its status."""
    first = next(content, "")

    def whole() -> Iterator[str]:
        yield first
        yield from content

    return whole()


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180: a header, CRLF, texts that could be formulas behind an apostrophe. None is an empty cell."""
    draft = StringIO()
    writer = csv.writer(draft, lineterminator="\r\n")
    writer.writerow(columns)
    for some in _portions(rows):
        writer.writerows([[_safe(cell) for cell in row] for row in some])
        yield draft.getvalue()
        draft.seek(0)
        draft.truncate()
    if rest := draft.getvalue():
        yield rest


def ndjson_of(rows: Iterable[Sequence[Any]], as_object: Callable[[Sequence[Any]], dict[str, Any]]) -> Iterator[str]:
    """An object a line."""
    for some in _portions(rows):
        yield "".join([f"{_encode(as_object(row))}\n" for row in some])


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _portions(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def of_series(series: Series) -> Iterator[tuple[str, str, str, Any]]:
    """Time, key, label and figure: a row for each step of each group."""
    for group in series.groups:
        for moment, figure in zip(series.times, group.counts, strict=True):
            yield f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", group.key, group.label, figure


def read_most(text: str) -> int | None:
    """How many rows at most, None for all of them. ValueError when it is no number from 1 on."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text[:18]) > 0 and len(text) <= 18:
        return int(text)
    raise ValueError(f"{text[:40]!r} is not allowed. Use a number from 1 on, or leave it out for all.")
