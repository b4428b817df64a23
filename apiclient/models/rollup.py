"""Rollup: counts and a latency histogram over a span of time, with the exact code or failure."""

from django.db import models

from apiclient.models.call import Call
from apiclient.models.service import Service


class Step(models.IntegerChoices):
    """How long a rollup's span is, in seconds."""

    MINUTE = 60
    HOUR = 3600


class Rollup(models.Model):
    """One cell; cells of the same key add up, so writers only ever insert and none waits for another.

    Per minute a cell counts all calls of a service (``call`` is NULL) and is written with the outcomes it counts.
    Per hour it counts one call and is made once the hour is closed. ``start_s`` is in seconds since 2020;
    ``histogram`` as in apiclient.histogram.
    """

    service = models.ForeignKey(Service, models.CASCADE, db_constraint=False, db_index=False)
    call = models.ForeignKey(Call, models.DO_NOTHING, null=True, db_constraint=False, db_index=False)
    start_s = models.IntegerField()
    step = models.SmallIntegerField(choices=Step.choices)
    status_code = models.SmallIntegerField(null=True)
    failure = models.SmallIntegerField(null=True)
    verdict = models.SmallIntegerField()
    count = models.IntegerField()
    histogram = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["step", "start_s", "service"], name="rollup_time"),
            models.Index(fields=["call", "start_s"], name="rollup_call", condition=models.Q(call__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.count} in {self.step} s from {self.start_s}"


class Closed(models.Model):
    """One row: hours before ``until_s`` (seconds since 2020) are closed, their rollups per call are complete."""

    until_s = models.IntegerField()

    def __str__(self) -> str:
        return f"closed until {self.until_s}"
