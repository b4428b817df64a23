"""What who asks may see and do, for pages and API alike."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from apiclient.models import Token
from apiclient.reach import Reach, reach_of

Row = TypeVar("Row", bound=Model)


def reach(request: Any) -> Reach:
    """The services that the request may show, looked up once; None is every service."""
    if not hasattr(request, "known_reach"):
        request.known_reach = reach_of(request.user, token_of(request))
    known: Reach = request.known_reach
    return known


def token_of(request: Any) -> Token | None:
    """The token that signed the request in; None for a session."""
    found = getattr(request, "auth", None)
    return found if isinstance(found, Token) else None


def within(request: Any, rows: QuerySet[Row], service: str) -> QuerySet[Row]:
    """Those of the rows that the request may show; ``service`` is the field that names a row's service."""
    known = reach(request)
    return rows if known is None else rows.filter(**{f"{service}__in": known})


def may_edit(request: Any) -> bool:
    """Whether who asks may create, change, run and delete services and calls, of those in reach."""
    return bool(request.user.is_staff or request.user.has_perm("apiclient.change_call"))
