"""Due: when a call is due next. Apart from Call, since it is rewritten at every slot and an edit must not undo that."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver
from django.utils import timezone

from apiclient.cadence import Cadence
from apiclient.models.call import Call
from apiclient.models.location import DEFAULT_LOCATION, OFFSET_MS, Location
from apiclient.models.service import Service
from apiclient.slot import to_ms

LOOKAHEAD_MS = 1_500
"""Slots are claimed this early, so that a tick a second starts every call on time."""
CHANGES = {"post_add", "post_remove", "post_clear"}


class Due(models.Model):
    """One row per call and location: ``due_ms`` is the next slot that nobody has claimed, NULL while it is paused.

    From ``since_ms`` on, every slot of ``cadence`` before ``due_ms`` has an outcome or stands in a batch:
    that is what ``manage.py verify`` counts. Both in milliseconds since 2020.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="dues", db_index=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="+", db_index=False, default=DEFAULT_LOCATION)
    due_ms = models.BigIntegerField(null=True)
    since_ms = models.BigIntegerField()
    cadence = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "due"
        indexes = [models.Index(fields=["due_ms"], name="due_next")]
        constraints = [models.UniqueConstraint(fields=["call", "location"], name="due_once_per_location")]

    def __str__(self) -> str:
        return f"{self.call_id} due at {self.due_ms}"


def plan(calls: Iterable[Call], now_ms: int) -> None:
    """Set when these calls are due next. Where a cadence is as before it keeps its place: no edit skips a slot.

    Any other begins after what may be claimed already, or a call paused and resumed would be sent twice for one slot.
    """
    calls, after_ms = list(calls), now_ms + LOOKAHEAD_MS
    rows = Due.objects.select_for_update().filter(call__in=calls).order_by("pk")
    kept = {(row.call_id, row.location_id): row for row in rows}
    locations = locations_of(calls)
    changed = []
    for call in calls:
        active = call.enabled and call.service.enabled
        for number in locations[call.pk]:
            own = cadence_in(call.cadence, number)
            cadence = str(own) if active else ""
            row = kept.pop((call.pk, number), None)
            if row is None or row.cadence != cadence:
                due_ms = own.next_slot(call.pk, after_ms) if active else None
                fields = {"due_ms": due_ms, "since_ms": after_ms + 1, "cadence": cadence}
                changed.append(Due(call=call, location_id=number, **fields))
    Due.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["call", "location"],
        update_fields=["due_ms", "since_ms", "cadence"],
    )
    if kept:  # in locations where the call runs no more
        Due.objects.filter(pk__any_of=[row.pk for row in kept.values()]).delete()


def cadence_in(cadence: Cadence, location_id: int) -> Cadence:
    """The cadence with the moments that are this location's own."""
    return replace(cadence, offset_ms=OFFSET_MS * location_id)


def locations_of(calls: Iterable[Call]) -> dict[int, list[int]]:
    """The numbers of the locations that each call runs in, by call id; the default one where none is chosen."""
    chosen: dict[int, list[int]] = defaultdict(list)
    calls = list(calls)
    pairs = Call.locations.through.objects.filter(call__in=calls).order_by("location")
    for call_id, number in pairs.values_list("call_id", "location_id"):
        chosen[call_id].append(number)
    return {call.pk: chosen[call.pk] or [DEFAULT_LOCATION] for call in calls}


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


@receiver(m2m_changed, sender=Call.locations.through)
def plan_locations(instance: Call | Location, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    """A call given a location, or no longer in one, from whichever side."""
    if action not in CHANGES:
        return
    calls = Call.objects.select_related("service")
    if isinstance(instance, Call):
        calls = calls.filter(pk=instance.pk)
    elif pk_set is None:
        calls = calls.filter(dues__location=instance)
    else:
        calls = calls.filter(pk__in=pk_set)
    with transaction.atomic():
        plan(calls, to_ms(timezone.now()))
