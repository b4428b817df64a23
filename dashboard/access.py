"""What who asks may see and do, and the note of what they did, for pages and API alike."""

from typing import Any, TypeVar

from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet

from apiclient.reach import Reach, reach_of

Row = TypeVar("Row", bound=Model)


def reach(request: Any) -> Reach:
    """The services that the request may show, looked up once; None is every service."""
    if not hasattr(request, "known_reach"):
        request.known_reach = reach_of(request.user)
    known: Reach = request.known_reach
    return known


def look_again(request: Any) -> None:
    """After a change of what the request may show."""
    vars(request).pop("known_reach", None)


def within(request: Any, rows: QuerySet[Row], service: str) -> QuerySet[Row]:
    """Those of the rows that the request may show; ``service`` is the field that names a row's service."""
    known = reach(request)
    return rows if known is None else rows.filter(**{f"{service}__in": known})


def may_edit(request: Any) -> bool:
    """Whether who asks may create, change, run and delete services and calls, of those in reach."""
    return bool(request.user.is_staff or request.user.has_perm("apiclient.change_call"))


def note(request: Any, thing: Any, flag: int, words: str) -> None:
    """Who did what to which thing, where the admin's history shows it. ``flag`` is one of LogEntry's."""
    LogEntry.objects.log_actions(request.user.pk, [thing], flag, words, single_object=True)
