"""Due: when a call is due next. Apart from Call, since it is rewritten at every slot and an edit must not undo that."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from apiclient.models.call import Call
from apiclient.models.service import Service
from apiclient.slot import to_ms


class Due(models.Model):
    """``due_ms`` is the next slot that nobody has claimed, NULL while the call is paused.

    From ``since_ms`` on, every slot of ``cadence`` before ``due_ms`` has an outcome or stands in a batch:
    that is what ``manage.py verify`` counts. Both in milliseconds since 2020.
    """

    call = models.OneToOneField(Call, models.CASCADE, primary_key=True, related_name="due")
    due_ms = models.BigIntegerField(null=True, db_index=True)
    since_ms = models.BigIntegerField()
    cadence = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "due"

    def __str__(self) -> str:
        return f"{self.call_id} due at {self.due_ms}"


def plan(calls: Iterable[Call], now_ms: int) -> None:
    """Set when these calls are due next. A call whose cadence is as before keeps its place: no edit skips a slot."""
    for call in calls:
        active = call.enabled and call.service.enabled
        cadence = str(call.cadence) if active else ""
        due = Due.objects.select_for_update().filter(call=call).first()
        if due and due.cadence == cadence:
            continue
        due_ms = call.cadence.next_slot(call.pk, now_ms) if active else None
        Due.objects.update_or_create(call=call, defaults={"due_ms": due_ms, "since_ms": now_ms + 1, "cadence": cadence})


@receiver(post_save, sender=Call)
def plan_call(instance: Call, raw: bool = False, **kwargs: Any) -> None:
    """Whatever door saved the call, its next slot follows in the same transaction."""
    with transaction.atomic():
        plan([instance], to_ms(timezone.now()))


@receiver(post_save, sender=Service)
def plan_service(instance: Service, created: bool, **kwargs: Any) -> None:
    """Pausing or resuming a service does so for each of its calls."""
    if not created:
        with transaction.atomic():
            plan(instance.calls.select_related("service"), to_ms(timezone.now()))
