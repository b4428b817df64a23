"""Delivery: one event on its way to one webhook, and how its last attempt ended."""

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from apiclient.catalogue import Failure, Meaning, lookup
from apiclient.models.webhook import Webhook
from apiclient.slot import from_ms

TEST = "test"
"""What stands for the change in an event that somebody asked for."""
STATES = ("waiting", "sending", "delivered", "gave_up")


class Delivery(models.Model):
    """``body`` is sent as it is at each attempt, under the same ``event_id``. Moments in milliseconds since 2020.

    It waits while ``next_ms`` is not NULL, and is on the wire until ``lease_until_ms`` at the latest. ``queued_ms`` is
    when it began to wait, the last time that somebody had it sent. ``service_id`` and ``call_id`` are NULL in a test;
    they outlive what they name, so that nobody else comes to see the event.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=64)
    change = models.CharField(max_length=20)
    subject = models.CharField(max_length=200, blank=True)
    service_id = models.IntegerField(null=True)
    call_id = models.IntegerField(null=True)
    body = models.TextField()
    created_ms = models.BigIntegerField()
    queued_ms = models.BigIntegerField()
    next_ms = models.BigIntegerField(null=True)
    lease_until_ms = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_ms = models.BigIntegerField(null=True)
    took_us = models.IntegerField(null=True)
    status_code = models.SmallIntegerField(null=True)
    failure = models.SmallIntegerField(null=True)
    said = models.TextField(blank=True)
    delivered_ms = models.BigIntegerField(null=True)
    gave_up_ms = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once_per_webhook")]
        indexes = [
            models.Index(fields=["next_ms"], name="delivery_waiting", condition=Q(next_ms__isnull=False)),
            models.Index(fields=["webhook", "id"], name="delivery_by_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}"

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.delivered_ms is not None:
            return "delivered"
        if self.gave_up_ms is not None:
            return "gave_up"
        return "sending" if self.lease_until_ms is not None else "waiting"

    @property
    def meaning(self) -> Meaning | None:
        """Of what its last attempt ended with, None before one has."""
        answered = self.status_code is not None or self.failure is not None
        return lookup(self.status_code, self.kind_of_failure) if answered else None

    @property
    def event(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read

    @property
    def kind_of_failure(self) -> Failure | None:
        return None if self.failure is None else Failure(self.failure)

    @property
    def created_at(self) -> datetime:
        return from_ms(self.created_ms)

    @property
    def next_at(self) -> datetime | None:
        return _moment(self.next_ms)

    @property
    def attempted_at(self) -> datetime | None:
        return _moment(self.attempted_ms)

    @property
    def delivered_at(self) -> datetime | None:
        return _moment(self.delivered_ms)

    @property
    def gave_up_at(self) -> datetime | None:
        return _moment(self.gave_up_ms)


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
