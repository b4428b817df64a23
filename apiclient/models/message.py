"""Message: one distinct error text of a service, whatever numbers, ids and paths it carried."""

from django.db import models

from apiclient.models.service import Service


class Message(models.Model):
    """``text`` is the first text seen, ``template`` what all texts of the group share."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="messages")
    fingerprint = models.BigIntegerField()
    template = models.CharField(max_length=500)
    text = models.CharField(max_length=500)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "fingerprint"], name="message_once_per_service")]
        indexes = [models.Index(fields=["first_seen"], name="message_first_seen")]

    def __str__(self) -> str:
        return self.text
