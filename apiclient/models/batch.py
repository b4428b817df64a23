"""Batch: slots claimed together, with a lease. The unit that one Celery task runs."""

from django.db import models

from apiclient.models.location import DEFAULT_LOCATION, Location


class Batch(models.Model):
    """Open slots: claimed, no outcome yet. Slots are struck off as outcomes are recorded; an empty batch is deleted.

    ``token`` names the lease that may record, NULL while the batch waits for a worker; ``lease_ms`` is its length.
    All slots are of one ``location``. Those that ``confirms`` are second calls, not to be taken before ``created_ms``.
    """

    slots = models.JSONField()
    created_ms = models.BigIntegerField()
    token = models.BigIntegerField(null=True)
    lease_until_ms = models.BigIntegerField(null=True)
    lease_ms = models.IntegerField()
    leases = models.PositiveSmallIntegerField(default=0)
    confirms = models.BooleanField(default=False, db_default=False)
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
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"batch {self.pk}: {len(self.slots)} open slots"
