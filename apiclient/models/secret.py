"""Secret: a text that the calls of a service send and nobody reads again, stored encrypted."""

from django.core.exceptions import ValidationError
from django.db import models, transaction

from apiclient.http.redact import SHORTEST_SECRET
from apiclient.models.encrypted import EncryptedField
from apiclient.models.service import Service
from apiclient.placeholder import problem_with_name

LONGEST = 32_768


class Secret(models.Model):
    """``environment`` '' counts in every environment of the service that has none of that name of its own."""

    id = models.AutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=60, help_text="Written {{ secret.name }} where its value is to be put in.")
    environment = models.CharField(max_length=40, blank=True, help_text="Blank: every environment of the service.")
    value = EncryptedField(help_text="Stored encrypted, and shown to nobody again.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "environment"]
        constraints = [models.UniqueConstraint(fields=["service", "name", "environment"], name="secret_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.environment})" if self.environment else self.name

    def save(self, *args: object, **kwargs: object) -> None:
        with transaction.atomic():  # with what its signals write
            super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        problems = {
            "name": problem_with_name(self.name) if self.name else None,
            "environment": self._problem_with_environment(),
            "value": problem_with_value(self.value.open()) if self.value and self._state.adding else None,
        }
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    def _problem_with_environment(self) -> str | None:
        known = self.service.environments if self.service_id else {}
        if not self.environment or self.environment in known:
            return None
        listed = ", ".join(known) or "none yet: add them to the service first"
        return f"The service has no environment {self.environment!r}. Its environments: {listed}."


def problem_with_value(text: str) -> str | None:
    """None when this may be kept as a secret. The sentence never repeats it."""
    if len(text) < SHORTEST_SECRET:
        return f"Use at least {SHORTEST_SECRET} characters: a shorter one could not be masked in what servers answer."
    if len(text) > LONGEST:
        return f"At most {LONGEST} characters."
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        return "It contains NUL or half a character; only whole characters are allowed."
    return None
