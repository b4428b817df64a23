"""What is in the database, described as a file would."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.db.models import QuerySet

from apiclient.importers.described import Answer, DescribedCall, DescribedService
from apiclient.models import Call, DocumentedAnswer, Service
from apiclient.plan.step import There

NUMBERS = frozenset({"concurrency", "interval_seconds", "slow_after_ms", "fail_after_ms", "confirm_after_s"})
"""Members that may be absent, which a description writes as 0."""
RELATED = frozenset({"calls", "answers", "locations"})


def blank() -> DescribedService:
    """A service with one call, as their defaults make them."""
    return described_service(Service(), (described_call(Call(), ()),))


def there(services: QuerySet[Service]) -> list[There]:
    """These services with their calls, by name."""
    found = services.order_by("name").prefetch_related("calls__locations", "calls__answers", "answers")
    return [_there(service) for service in found]


def _there(service: Service) -> There:
    calls = sorted(service.calls.all(), key=lambda call: call.name)
    told = tuple(_told(call) for call in calls)
    keys = {call.name: call.pk for call in calls}
    shared = _answers(one for one in service.answers.all() if one.call_id is None)
    return There(service.pk, described_service(service, told, shared), keys, service.managed_by)


def _told(call: Call) -> DescribedCall:
    return described_call(call, (one.slug for one in call.locations.all()), _answers(call.answers.all()))


def _answers(rows: Iterable[DocumentedAnswer]) -> tuple[Answer, ...]:
    return tuple(Answer(row.codes, row.message, row.kind) for row in sorted(rows, key=lambda row: row.codes))


def described_service(
    service: Service, calls: tuple[DescribedCall, ...], answers: tuple[Answer, ...] = ()
) -> DescribedService:
    """All members said."""
    return DescribedService(**_plain(service, DescribedService), calls=calls, answers=answers)


def described_call(call: Call, locations: Iterable[str], answers: tuple[Answer, ...] = ()) -> DescribedCall:
    """All members said; the auth of the service is {}."""
    return DescribedCall(**_plain(call, DescribedCall), locations=tuple(sorted(locations)), answers=answers)


def _plain(thing: Service | Call, kind: Any) -> dict[str, Any]:
    values = {one.name: getattr(thing, one.name) for one in fields(kind) if one.name not in RELATED}
    values["auth"] = values["auth"] or {}
    return values | {name: values[name] or 0 for name in NUMBERS & values.keys()}


def put(thing: Service | Call, told: DescribedService | DescribedCall) -> None:
    """The members of a description into a thing that is not saved yet."""
    for one in fields(told):
        value = getattr(told, one.name)
        if one.name in RELATED or value is None:
            continue
        if one.name in NUMBERS:
            value = value or None
        if one.name == "auth" and isinstance(thing, Call):
            value = value or None
        setattr(thing, one.name, value)
