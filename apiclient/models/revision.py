"""Revision: how often what is configured has changed, so that a worker learns with one row that nothing has."""

from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from apiclient.models.answer import DocumentedAnswer
from apiclient.models.call import Call
from apiclient.models.secret import Secret
from apiclient.models.service import Service


class Revision(models.Model):
    """One row, moved by every edit in its own transaction: who has read it then reads what it stands for, or newer."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"revision {self.number}"


def revision() -> int:
    """The number of the last committed edit."""
    return Revision.objects.values_list("number", flat=True).first() or 0


@receiver([pre_save, pre_delete], sender=Call)
@receiver([pre_save, pre_delete], sender=Service)
@receiver([pre_save, pre_delete], sender=DocumentedAnswer)
def revise(**kwargs: Any) -> None:
    """Before any other row is locked, so that two edits wait for each other here and nowhere else."""
    if not Revision.objects.filter(pk=1).update(number=F("number") + 1):
        Revision.objects.get_or_create(pk=1, defaults={"number": 1})


@receiver([pre_save, pre_delete], sender=Secret)
def revise_service(instance: Secret, **kwargs: Any) -> None:
    """What a secret says is part of what its service's calls send."""
    revise()
    Service.objects.filter(pk=instance.service_id).update(updated_at=timezone.now())
