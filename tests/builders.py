"""Things that tests need in the database, made by the product's own doors: plain functions with sensible defaults."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from apiclient import record, rollup
from apiclient.catalogue import Failure
from apiclient.classify import verdict_of
from apiclient.http import Exchange, Phases, Request
from apiclient.http.head import Headers
from apiclient.models import Call, DocumentedAnswer, Location, Outcome, Secret, Service, Team, Token, User, Webhook
from apiclient.reason import expectation_of
from apiclient.rollup.ladder import CLOSE_AFTER_MS
from apiclient.slot import slot_id, to_ms

_number = count(1)


def make_service(**fields: Any) -> Service:
    service = Service(
        **{"name": f"Service {next(_number)}", "base_url": "http://127.0.0.1:9/", "concurrency": None} | fields
    )
    service.full_clean()
    service.save()
    return service


def make_secret(service: Service | None = None, **fields: Any) -> Secret:
    defaults = {"name": f"secret-{next(_number)}", "value": f"planted-{next(_number)}-value"}
    secret = Secret(service=service or make_service(), **defaults | fields)
    secret.full_clean()
    secret.save()
    return secret


def make_team(members: Iterable[User] = (), services: Iterable[Service] = (), **fields: Any) -> Team:
    team = Team(**{"name": f"Team {next(_number)}"} | fields)
    team.full_clean()
    team.save()
    team.members.set(members)
    team.services.set(services)
    return team


def make_location(**fields: Any) -> Location:
    location = Location(**{"name": f"Location {next(_number)}"} | fields)
    location.full_clean()
    location.save()
    return location


def make_call(service: Service | None = None, locations: Sequence[Location] = (), **fields: Any) -> Call:
    call = Call(**{"service": service or make_service(), "name": f"Call {next(_number)}", "path": "/x"} | fields)
    call.full_clean()
    call.save()
    if locations:
        call.locations.set(locations)
    return call


def make_answer(**fields: Any) -> DocumentedAnswer:
    """A documented answer: of the ``call``, else of each call of the ``service``."""
    answer = DocumentedAnswer(**{"codes": "404", "message": "No such thing."} | fields)
    answer.full_clean()
    answer.save()
    return answer


def make_outcome(
    call: Call,
    status_code: int | None = 200,
    failure: Failure | None = None,
    due_at: datetime | None = None,
    total_us: int = 12_000,
    lag_ms: int | None = 3,
    detailed: bool = True,
    headers: Headers = (),
    **exchange: Any,
) -> Outcome:
    """One outcome, recorded as a worker would; ``exchange`` are further fields of the Exchange."""
    due_at = due_at or timezone.now() - timedelta(minutes=1)
    what = Exchange(
        status_code=None if failure else status_code,
        failure=failure,
        phases=Phases(dns=100, connect=200, tls=0, wait=total_us // 2, transfer=0, total=total_us),
        head=head_of(headers),
        **exchange,
    )
    expectation = expectation_of(call)
    request = Request(call.method, call.url, tuple(call.headers.items())) if detailed else None
    finished = record.Finished(
        slot=slot_id(to_ms(due_at), call.pk),
        service_id=call.service_id,
        exchange=what,
        verdict=verdict_of(what.status_code, what.phases.total, expectation),
        lag_ms=lag_ms,
        request=request,
    )
    write([finished])
    return Outcome.objects.get(pk=finished.slot)


def head_of(headers: Headers) -> tuple[bytes, ...]:
    """The lines of an answer's head that these headers came in."""
    return tuple(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)


def write(finished: Sequence[record.Finished]) -> None:
    with transaction.atomic():
        record.write(finished)


def close_hours_until(now_ms: int) -> None:
    """Close what is over as the timetable does, but no hour that is not over."""
    rollup.close(now_ms // 3_600_000 * 3_600_000 + CLOSE_AFTER_MS)


def make_token(
    owner: User, *scopes: str, services: Sequence[Service] | None = None, **fields: Any
) -> tuple[Token, str]:
    """A token and its text."""
    token, text = Token.make(**{"owner": owner, "name": f"Token {next(_number)}", "scopes": list(scopes)} | fields)
    if services is not None:
        token.limited = True
        token.save()
        token.services.set(services)
    return token, text


def bearer(text: str) -> dict[str, str]:
    """The header that signs a test's client in."""
    return {"Authorization": f"Bearer {text}"}


def make_webhook(**fields: Any) -> Webhook:
    """One that an admin owns, so that it may tell of every service, unless ``owner`` or ``team`` says otherwise."""
    services = fields.pop("services", ())
    if not {"owner", "team"} & fields.keys():
        fields["owner"] = User.objects.create_superuser(f"admin-{next(_number)}")
    webhook = Webhook(**{"name": f"Webhook {next(_number)}", "url": "http://127.0.0.1:9/hook"} | fields)
    webhook.full_clean()
    webhook.save()
    webhook.limit_to(services)
    return webhook
