"""What was pasted -> a service and a call that could be saved."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from apiclient.importers import Draft
from apiclient.models import Call, Service, Team
from apiclient.models.call import REPEATABLE, Method
from dashboard.forms.configured import free_slug

EVERY_S = 60
LONGEST_NAME = 110
"""Of a name before it is numbered."""


def propose(draft: Draft, known: QuerySet[Service]) -> Call:
    """An unsaved call, checked; its service is the one of ``known`` that has this base URL, or an unsaved one.

    ValidationError with sentences when it cannot be kept. Only what may be repeated gets a schedule.
    """
    if draft.method not in Method.values:
        raise ValidationError(
            f"The method {draft.method[:20]!r} cannot be kept. Use one of {', '.join(Method.values)}."
        )
    service = _service(draft, known)
    call = Call(
        service=service,
        name=_free_name(service, f"{draft.method} {draft.path.partition('?')[0] or '/'}"),
        method=draft.method,
        path=draft.path,
        headers=draft.headers,
        body=draft.body,
        interval_seconds=EVERY_S if draft.method in REPEATABLE else None,
        follow_redirects=draft.follow_redirects,
        verify_tls=draft.verify_tls,
    )
    if draft.timeout_ms:
        call.timeout_ms = draft.timeout_ms
    call.slug = free_slug(call.name, Call.objects.filter(service=service.pk), "call")
    call.full_clean(exclude=["service"])
    return call


def keep(call: Call, teams: Iterable[Team]) -> Call:
    """Save a proposed call, with its service where that is new, which joins these teams."""
    with transaction.atomic():
        if call.service.pk is None:
            call.service.save()
            call.service.teams.set(teams)
        call.save()
    return call


def _service(draft: Draft, known: QuerySet[Service]) -> Service:
    try:
        origin, host = draft.origin, draft.host
    except ValueError as error:
        raise ValidationError(str(error)) from None
    there = known.filter(base_url__in=(origin, f"{origin}/")).order_by("pk").first()
    if there:
        return there
    service = Service(base_url=origin, name=_numbered(host[:LONGEST_NAME], Service.objects.all()))
    service.slug = free_slug(service.name, Service.objects.all(), "service")
    service.full_clean()
    return service


def _free_name(service: Service, name: str) -> str:
    return _numbered(name[:LONGEST_NAME], Call.objects.filter(service=service.pk))


def _numbered(name: str, others: object) -> str:
    number, found = 1, name
    while others.filter(name=found).exists():  # type: ignore[attr-defined]
        number += 1
        found = f"{name} {number}"
    return found
