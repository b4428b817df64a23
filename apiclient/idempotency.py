"""A change asked for twice is made once: who comes first makes it, who comes again is given the same answer.

The row that says who is first is committed before the change begins, so that a second one sees it; the answer is
written in the transaction of the change itself, so that a crash leaves both or neither.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from apiclient.models import Idempotency

KEPT = timedelta(hours=24)
"""How long a repeat is recognised."""
GIVEN_UP = timedelta(minutes=1)
"""Whoever has not ended by then has died, and changed nothing."""


class OtherRequestError(Exception):
    """The key was used for another request."""


class UnderWayError(Exception):
    """The first one has not ended yet, or somebody else has taken its place."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make the change."""

    row: int
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first one was given; ``body`` None is one that was not kept."""

    status: int
    headers: dict[str, str]
    body: str | None


def begin(owner: str, key: str, digest: str, now: datetime) -> Claim | Answer:
    """The claim of the first, the answer for any other. OtherRequestError, UnderWayError."""
    number = secrets.randbits(62)
    fresh = {"digest": digest, "claim": number, "begun_at": now, "status": None, "headers": {}, "body": None}
    with transaction.atomic():
        row, is_first = Idempotency.objects.get_or_create(owner=owner, key=key, defaults=fresh)
        if is_first:
            return Claim(row.pk, number)
        row = Idempotency.objects.select_for_update().get(pk=row.pk)
        if row.begun_at > now - (KEPT if row.status else GIVEN_UP):
            return _answer_of(row, digest)
        Idempotency.objects.filter(pk=row.pk).update(**fresh)
        return Claim(row.pk, number)


def keep(claim: Claim, answer: Answer) -> None:
    """Within the transaction of the change. UnderWayError when somebody else has taken the place meanwhile."""
    fields = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    if not _of(claim).filter(status=None).update(**fields):
        raise UnderWayError


def forget(claim: Claim) -> None:
    """Nothing was changed: the key may be used again."""
    _of(claim).delete()


def old(now: datetime) -> QuerySet[Idempotency]:
    """What no repeat is given any more."""
    return Idempotency.objects.filter(begun_at__lt=now - KEPT)


def _of(claim: Claim) -> QuerySet[Idempotency]:
    return Idempotency.objects.filter(pk=claim.row, claim=claim.number)


def _answer_of(row: Idempotency, digest: str) -> Answer:
    if row.digest != digest:
        raise OtherRequestError
    if row.status is None:
        raise UnderWayError
    return Answer(row.status, row.headers, row.body)
