"""Standing: what a call was last judged; and hints that it may have changed. Kept only while a webhook listens."""

from django.db import models

from apiclient.models.call import Call
from apiclient.models.location import DEFAULT_LOCATION, Location


class Place(models.Model):
    """A call in one of its locations. No foreign key is enforced: it would lock the call's row at every insert."""

    call = models.ForeignKey(Call, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    location = models.ForeignKey(
        Location,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        default=DEFAULT_LOCATION,
        db_default=DEFAULT_LOCATION,
    )

    class Meta:
        abstract = True


class Standing(Place):
    """One row for each place that did not pass lately. ``since`` is the outcome at which ``verdict`` began.

    Without a row a place passes, or nobody has looked at it yet.
    """

    verdict = models.SmallIntegerField()
    since = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "location"], name="standing_of_place")]

    def __str__(self) -> str:
        return f"call {self.call_id}: verdict {self.verdict} since slot {self.since}"


class Hint(Place):
    """At this outcome the verdict of its place may have changed; looked at from ``look_ms`` on."""

    slot = models.BigIntegerField()
    look_ms = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["call"], name="hint_call")]

    def __str__(self) -> str:
        return f"hint at slot {self.slot}"
