"""Team: who sees which services."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from apiclient.models.service import Service, fill_slug

EVERYONE = "everyone"
"""The slug of the team that every user and service is in unless somebody says otherwise; it may be deleted."""


class Team(models.Model):
    """A service is seen by the members of its teams; one that is in no team, by admins alone."""

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=80, unique=True, blank=True, help_text="In addresses; made from the name.")
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="teams")
    services = models.ManyToManyField(Service, blank=True, related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if problem := fill_slug(self):
            raise ValidationError({"slug": problem})


def everyone() -> list[Team]:
    """The team that everybody is in, none where it has been deleted."""
    return list(Team.objects.filter(slug=EVERYONE))
