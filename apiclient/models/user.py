"""User: who signs in, and how they want to see times and colours."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from apiclient.cadence import problem_with_time_zone


class Theme(models.TextChoices):
    SYSTEM = "", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


def known_time_zone(name: str) -> None:
    """ValidationError with a sentence where the machine does not know the zone."""
    if problem := problem_with_time_zone(name):
        raise ValidationError(problem)


class User(AbstractUser):
    """A table of our own, so that it can grow without a painful change. A blank zone is the browser's."""

    time_zone = models.CharField(
        max_length=60, blank=True, validators=[known_time_zone], help_text="Such as Europe/Kyiv. Blank: the browser's."
    )
    theme = models.CharField(max_length=10, blank=True, choices=Theme.choices, default=Theme.SYSTEM)
