"""Location: where calls run from. A worker serves a location by listening to its queue."""

from typing import Any

from django.apps import apps as this_process
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from apiclient.models.service import fill_slug

DEFAULT_QUEUE = "answerback"
DEFAULT_LOCATION = 0
LAST_NUMBER = 199
PUSHED, PUSHED_SLUG = -1, "pushed"
"""In the place of a location: another program made the call, wherever it runs."""
OFFSET_MS = 2
"""Slots of one call at one moment stand this far apart, location by location; runs on demand fit in between."""


class Location(models.Model):
    """``number`` is what outcomes carry: chosen by the database, never given again. 0 is the one always there."""

    number = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        blank=True,
        help_text="Names the queue; made from the name. Once changed, workers must be started with the new queue.",
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="location_number", condition=Q(number__gte=0, number__lte=LAST_NUMBER))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def queue(self) -> str:
        """What its workers listen to: ``celery -A dashboard worker -Q answerback.paris``."""
        return queue_of(self.number, self.slug)

    def clean(self) -> None:
        if problem := fill_slug(self):
            raise ValidationError({"slug": problem})
        if self.slug == PUSHED_SLUG:
            raise ValidationError({"slug": f"{PUSHED_SLUG!r} stands for outcomes of other programs. Use another one."})
        if self._state.adding and Location.objects.filter(number=LAST_NUMBER).exists():
            raise ValidationError(f"All {LAST_NUMBER} numbers of locations are given. Rename one that is not used.")


def queue_of(number: int, slug: str) -> str:
    """The queue of a location; the default one keeps the queue that a single machine uses."""
    return DEFAULT_QUEUE if number == DEFAULT_LOCATION else f"{DEFAULT_QUEUE}.{slug}"


def reason_to_keep(location: Location) -> str | None:
    """None, or a sentence that says why this location cannot be deleted."""
    if location.number == DEFAULT_LOCATION:
        return "Calls without a location run in the default one: it stays."
    if names := [str(call) for call in location.calls.select_related("service")[:6]]:
        listed = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
        return f"Calls run there: {listed}. Take the location off them first."
    return None


def make_default_location(apps: Any = this_process, **kwargs: Any) -> None:
    """After every migration, and after ``flush``: what calls without a location of their own refer to."""
    if "location" in apps.all_models["apiclient"]:
        values = {"name": "Default", "slug": "default"}
        apps.get_model("apiclient", "Location").objects.get_or_create(number=DEFAULT_LOCATION, defaults=values)


@receiver(pre_delete, sender=Location)
def keep_what_is_used(instance: Location, **kwargs: Any) -> None:
    """A call whose only location went would silently move to the default one."""
    if reason := reason_to_keep(instance):
        raise ProtectedError(f"{instance}: {reason}", {instance})
