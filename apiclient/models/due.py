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

LOOKAHEAD_MS = 1_500
"""Slots are claimed this early, so that a tick a second starts every call on time."""


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
    """Set when these calls are due next. A call whose cadence is as before keeps its place: no edit skips a slot.

    Any other begins after what may be claimed already, or a call paused and resumed would be sent twice for one slot.
    """
    calls, after_ms = list(calls), now_ms + LOOKAHEAD_MS
    kept = dict(Due.objects.select_for_update().filter(call__in=calls).order_by("pk").values_list("pk", "cadence"))
    changed = []
    for call in calls:
        active = call.enabled and call.service.enabled
        cadence = str(call.cadence) if active else ""
        if kept.get(call.pk) != cadence:
            due_ms = call.cadence.next_slot(call.pk, after_ms) if active else None
            changed.append(Due(call=call, due_ms=due_ms, since_ms=after_ms + 1, cadence=cadence))
    Due.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["call"], update_fields=["due_ms", "since_ms", "cadence"]
    )


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
