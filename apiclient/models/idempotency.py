"""Idempotency: a request that carried a key, and the answer that a repeat of it is given again."""

from django.db import models


class Idempotency(models.Model):
    """One row per ``owner`` (whose token or login) and ``key``; ``digest`` is of the whole request.

    ``status`` is NULL while ``claim`` is at work; ``body`` is NULL where the answer held a secret and is not kept.
    """

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    claim = models.BigIntegerField()
    begun_at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(null=True)

    class Meta:
        verbose_name_plural = "idempotency"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["begun_at"], name="idempotency_begun")]

    def __str__(self) -> str:
        return f"{self.key} of {self.owner}"
