"""JasperReports Server, brought in by options instead of a file: its calls compared and saved, its password kept."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from apiclient.importers.described import Described
from apiclient.importers.jasperreports import (
    PASSWORD,
    PASSWORD_ENCODED,
    Before,
    Installation,
    describe,
    encoded,
)
from apiclient.models import Secret, Service
from apiclient.placeholder import SECRET
from apiclient.plan import Refused, Result, carry_out
from apiclient.plan.carry import Scope
from apiclient.plan.step import Problem
from apiclient.seal import UnreadableError
from apiclient.values import known_names


def bring(installation: Installation, password: str | None, scope: Scope, *, keep: bool) -> Result:
    """Make the service what ``installation`` says, and ``password`` its secret; None leaves the one that is there.

    Without ``keep`` all is done and undone again: what would change is what is told. Refused, and nothing saved, where
    an option or a rule of the models forbids it.
    """
    with transaction.atomic():
        result = _bring(installation, password, scope)
        transaction.set_rollback(not keep)
    return result


def _bring(installation: Installation, password: str | None, scope: Scope) -> Result:
    service = scope.known.filter(name=installation.name).first()
    before = _before(service)
    known = password is not None or SECRET + PASSWORD in before.known
    try:
        described = describe(replace(installation, password_known=known), before)
    except ValueError as error:
        raise Refused([Problem(installation.name, str(error))]) from None
    made: Result | None = None
    if service is None:  # a secret needs its service, and a call that is to run the secret
        made = carry_out(_without_calls(described), scope)
        (service,) = made.services
    told = () if password is None else _keep(service, password)
    done = carry_out(described, scope)
    changes = (*made.changes, *done.changes) if made else done.changes
    return Result(changes, (*told, *done.notes), (), (service,) if changes or told else ())


def _before(service: Service | None) -> Before:
    if service is None:
        return Before()
    return Before(frozenset(service.calls.values_list("name", flat=True)), frozenset(known_names(service)))


def _without_calls(described: Described) -> Described:
    return Described(tuple(replace(service, calls=()) for service in described.services))


def _keep(service: Service, password: str) -> tuple[str, ...]:
    """Both spellings of the password as secrets of every environment; a sentence for each that was not so before."""
    wanted = {PASSWORD: password, PASSWORD_ENCODED: encoded(password)}
    return tuple(filter(None, (_keep_one(service, name, value) for name, value in wanted.items())))


def _keep_one(service: Service, name: str, value: str) -> str:
    found = service.secrets.filter(name=name, environment="").first()
    if found and _opened(found) == value:
        return ""
    secret = found or Secret(service=service, name=name)
    secret.value = value
    try:
        secret.full_clean()
    except ValidationError as error:
        raise Refused([Problem(f"{service.name} / password", " ".join(error.messages))]) from None
    secret.save()
    return f"The secret {name} {'has another value' if found else 'is new'}."


def _opened(secret: Secret) -> str:
    """'' where it cannot be decrypted: it gets its value anew."""
    try:
        text: str = secret.value.open()
    except UnreadableError:
        return ""
    return text
