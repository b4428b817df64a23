"""Outcome: what came of one slot, exactly one each; and the texts that are kept for the few that need them."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from apiclient.catalogue import Failure, Meaning, MissedBecause, Verdict, lookup
from apiclient.message import message_of
from apiclient.models.block import CallTimeIndex
from apiclient.models.call import Call
from apiclient.models.location import DEFAULT_LOCATION, Location
from apiclient.models.message import Message
from apiclient.slot import due_ms_of, from_ms


class Outcome(models.Model):
    """One row per slot: small integers only, since there are millions. Phases in microseconds.

    ``id`` is the slot (see apiclient.slot). ``status_code`` is what the server answered; without a whole
    answer it is NULL and ``failure`` says why. ``lag_ms`` is how late the call started, NULL if it never did;
    ``missed_because`` then says why a slot was missed.
    On PostgreSQL the table is partitioned by the day of the id (see apiclient.partition).
    No foreign key is enforced by the database: it would lock the call's row at every insert. What deleting a call
    does to its outcomes stands in apiclient.rollup, since it changes the rollups too.
    """

    id = models.BigIntegerField(primary_key=True)
    call = models.ForeignKey(Call, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="outcomes")
    lag_ms = models.IntegerField(null=True)
    total_us = models.IntegerField(default=0)
    dns_us = models.IntegerField(default=0)
    connect_us = models.IntegerField(default=0)
    tls_us = models.IntegerField(default=0)
    wait_us = models.IntegerField(default=0)
    body_bytes = models.IntegerField(default=0)
    status_code = models.SmallIntegerField(null=True)
    failure = models.SmallIntegerField(null=True)
    verdict = models.SmallIntegerField()
    location = models.ForeignKey(
        Location,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        default=DEFAULT_LOCATION,
        db_default=DEFAULT_LOCATION,
    )
    missed_because = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [
            CallTimeIndex(fields=["call", "id"], name="outcome_call_time"),
            # Empty while all is well, so that asking what was missed lately costs nothing.
            models.Index(
                fields=["id", "missed_because"], name="outcome_missed", condition=Q(missed_because__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="outcome_code_or_failure",
                condition=Q(status_code__isnull=True, failure__isnull=False)
                | Q(status_code__isnull=False, failure__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.meaning.message} at {self.due_at:%Y-%m-%d %H:%M:%S}"

    @property
    def due_at(self) -> datetime:
        return from_ms(due_ms_of(self.id))

    @property
    def started_at(self) -> datetime | None:
        return None if self.lag_ms is None else from_ms(due_ms_of(self.id) + self.lag_ms)

    @property
    def transfer_us(self) -> int:
        return max(0, self.total_us - self.dns_us - self.connect_us - self.tls_us - self.wait_us)

    @property
    def kind_of_failure(self) -> Failure | None:
        return None if self.failure is None else Failure(self.failure)

    @property
    def reason_missed(self) -> MissedBecause | None:
        return None if self.missed_because is None else MissedBecause(self.missed_because)

    @property
    def judgement(self) -> Verdict:
        return Verdict(self.verdict)

    @property
    def meaning(self) -> Meaning:
        return lookup(self.status_code, self.kind_of_failure)


class OutcomeDetail(models.Model):
    """Texts of an outcome, secrets masked: kept for failures, for changes of code and where 1xx codes came first."""

    outcome = models.OneToOneField(
        Outcome, models.CASCADE, primary_key=True, db_constraint=False, related_name="detail"
    )
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="details"
    )
    method = models.CharField(max_length=10)
    url = models.TextField()
    request_headers = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    http_version = models.CharField(max_length=10, blank=True)
    remote_address = models.CharField(max_length=60, blank=True)
    remote_port = models.PositiveIntegerField(default=0)
    headers = models.JSONField(default=list)
    body = models.BinaryField(default=b"")
    interim = models.JSONField(default=list)
    redirects = models.JSONField(default=list)
    certificate = models.JSONField(null=True)
    checks = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        # A group's outcomes by time: counted from the index alone, whatever texts the rows hold.
        indexes = [
            models.Index(fields=["message", "outcome"], name="detail_message_time", condition=Q(message__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"

    @property
    def said(self) -> str:
        """The server's own words about its error; ``message.text`` is the first text of their group."""
        if self.message_id is None:
            return ""
        content_type = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return message_of(bytes(self.body), content_type)
