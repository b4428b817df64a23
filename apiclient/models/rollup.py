"""Rollup: counts and a latency histogram over a span of time, with the exact code or failure."""

from django.db import models
from django.db.models import Q

from apiclient.models.call import Call
from apiclient.models.service import Service


class Step(models.IntegerChoices):
    """How long a rollup's span is, in seconds."""

    MINUTE = 60
    QUARTER = 900, "Quarter hour"
    HOUR = 3600
    SIX_HOURS = 21_600
    DAY = 86_400


class Rollup(models.Model):
    """One cell; cells of the same key add up, so writers only ever insert and none waits for another.

    Per minute a cell counts all calls of a service (``call`` is NULL) and is written with the outcomes it counts.
    Longer ones are made once their span is closed, each three times over: for a call, for its service (``call`` is
    NULL) and for everything (``service`` is NULL too). ``start_s`` is in seconds since 2020; ``histogram`` as in
    apiclient.histogram.
    """

    service = models.ForeignKey(Service, models.CASCADE, null=True, db_constraint=False, db_index=False)
    call = models.ForeignKey(Call, models.DO_NOTHING, null=True, db_constraint=False, db_index=False)
    start_s = models.IntegerField()
    step = models.IntegerField(choices=Step.choices)
    status_code = models.SmallIntegerField(null=True)
    failure = models.SmallIntegerField(null=True)
    verdict = models.SmallIntegerField()
    count = models.IntegerField()
    histogram = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["step", "start_s"], name="rollup_time"),
            models.Index(fields=["service", "step", "start_s"], name="rollup_service", condition=Q(call__isnull=True)),
            models.Index(fields=["call", "step", "start_s"], name="rollup_call", condition=Q(call__isnull=False)),
            # The days of an answer, a few thousand of three years: since when it comes is asked of all history.
            models.Index(
                fields=["status_code", "failure", "service", "start_s"],
                name="rollup_answer",
                condition=Q(step=Step.DAY, call__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} in {self.step} s from {self.start_s}"


class Closed(models.Model):
    """One row of moments in seconds since 2020.

    What is before ``until_s`` is closed: the cells of every span that ends by then are complete. Minutes are kept
    from ``minutes_from_s`` on, quarter hours of calls from ``quarters_from_s`` on; nobody may read earlier ones.
    ``version`` is another number after every change of a closed span's cells, in the transaction that changes them.
    """

    until_s = models.IntegerField()
    minutes_from_s = models.IntegerField(default=0)
    quarters_from_s = models.IntegerField(default=0)
    version = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"closed until {self.until_s}"
