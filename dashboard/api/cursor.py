"""Pages by cursor: a page begins behind a key, so rows that come meanwhile shift nothing and no page costs a count."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple, Self

from django.db.models import Model, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from dashboard.api import query

USUAL_LIMIT, HIGHEST_LIMIT = 50, 500
READABLE = re.compile(r"([a-z]+)([<>])(\d{1,19})")


class Cursor(NamedTuple):
    """A place in a list: the page after ``key``, or with ``back`` the one before it."""

    name: str
    back: bool
    key: int

    def __str__(self) -> str:
        plain = f"{self.name}{'<' if self.back else '>'}{self.key}"
        return urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, name: str) -> Self | None:
        """The cursor that ``str`` wrote, None for ''. ValueError when it is garbled or of another list."""
        if not text:
            return None
        try:
            plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        except ValueError:
            plain = ""
        match = READABLE.fullmatch(plain)
        if not match or match[1] != name or int(match[3]) >= 2**63:
            raise ValueError("This is no cursor of this list. Use one from its next or previous.")
        return cls(name, match[2] == "<", int(match[3]))


def read_limit(text: str) -> int:
    """ValueError when it is no number that is allowed."""
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= HIGHEST_LIMIT:
        return int(text)
    raise ValueError(f"{text[:40]!r} is not allowed. Use a number from 1 to {HIGHEST_LIMIT}.")


class CursorPages(BasePagination):
    """For querysets ordered by the primary key, after something coarser at most.

    Answers ``{"next", "previous", "results"}`` with Link headers.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        name = str(queryset.model._meta.model_name)
        limit = query.read(request, "limit", read_limit, str(USUAL_LIMIT))
        cursor = query.read(request, "cursor", lambda text: Cursor.read(text, name))
        rows = _slice(queryset, cursor)[: limit + 1]
        more, page = len(rows) > limit, list(rows[:limit])
        back = cursor is not None and cursor.back
        if back:
            page.reverse()
        self.next = _address(request, Cursor(name, False, page[-1].pk)) if page and (back or more) else None
        self.previous = (
            _address(request, Cursor(name, True, page[0].pk)) if page and (more if back else cursor) else None
        )
        return page

    def get_paginated_response(self, data: Any) -> Response:
        links = [(self.next, "next"), (self.previous, "prev")]
        link = ", ".join(f'<{address}>; rel="{rel}"' for address, rel in links if address)
        body = {"next": self.next, "previous": self.previous, "results": data}
        return Response(body, headers={"Link": link} if link else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": HIGHEST_LIMIT, "default": USUAL_LIMIT}
        return [
            _parameter("cursor", "From `next` or `previous` of the page before.", {"type": "string"}),
            _parameter("limit", "How many at most.", limit),
        ]


def _slice(queryset: QuerySet[Model], cursor: Cursor | None) -> QuerySet[Model]:
    if cursor is None:
        return queryset
    down = str(queryset.query.order_by[-1]).startswith("-") != cursor.back
    rows = queryset.filter(**{"pk__lt" if down else "pk__gt": cursor.key})
    return rows.reverse() if cursor.back else rows


def _address(request: Request, cursor: Cursor) -> str:
    return replace_query_param(request.build_absolute_uri(), "cursor", str(cursor))


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
