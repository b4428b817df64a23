"""Secret: a text that the calls of a service send and nobody reads again, stored encrypted."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from apiclient.http.redact import SHORTEST_SECRET
from apiclient.http.validate import problem_with_header, problem_with_url
from apiclient.models.encrypted import EncryptedField
from apiclient.models.service import Service
from apiclient.placeholder import SECRET, fill, problem_with_name
from apiclient.seal import UnreadableError
from apiclient.values import StandIns, uses, variables_of

LONGEST = 32_768
FIXED = ("service_id", "name", "environment")


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

    @property
    def placeholder(self) -> str:
        """How texts name it."""
        return f"{{{{ {SECRET}{self.name} }}}}"

    def clean(self) -> None:
        value = self._text()
        problems = {
            "name": self._problem_with_name(),
            "environment": self._problem_with_environment(),
            "value": value and (problem_with_value(value) or self._problem_with_use(value)),
        }
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})
        self._stay()

    def using_calls(self) -> list[Any]:
        """The calls that name it, whether they run or not."""
        calls = self.service.calls.select_related("service").order_by("name")
        return [call for call in calls if uses(call, SECRET + self.name)]

    def _text(self) -> str:
        """'' where there is none to judge: what cannot be decrypted was judged when it was given."""
        try:
            return self.value.open() if self.value else ""
        except UnreadableError:
            return ""

    def _problem_with_name(self) -> str | None:
        if not self.name:
            return None  # which is told already
        others = Secret.objects.filter(service=self.service_id, name=self.name, environment=self.environment)
        if self.service_id and others.exclude(pk=self.pk).exists():
            where = f"in {self.environment!r}" if self.environment else "for every environment"
            return f"The service has a secret {self.name!r} {where} already. Replace its value, or use another name."
        return problem_with_name(self.name, "name of a secret")

    def _problem_with_environment(self) -> str | None:
        known = self.service.environments if self.service_id else {}
        if not self.environment or self.environment in known or not self._state.adding:
            return None
        listed = ", ".join(known) or "none yet: add them to the service first"
        return f"The service has no environment {self.environment!r}. Its environments: {listed}."

    def _problem_with_use(self, value: str) -> str | None:
        """Of running calls: an address or a header that could not be sent. The sentence never repeats the value."""
        if not self.service_id or self.environment not in ("", self.service.environment):
            return None
        values = StandIns(variables_of(self.service) | {SECRET + self.name: value})
        for call in self.using_calls():
            if call.enabled and (problem := _problem_with(call, values)):
                return f"The call {call.name!r} could not be sent with it. {problem}"
        return None

    def _stay(self) -> None:
        """What it is called, and where it counts, is what calls rely on."""
        before = Secret.objects.filter(pk=self.pk).values(*FIXED).first() if self.pk else None
        moved = [name for name in FIXED if before and before[name] != getattr(self, name)]
        if moved:
            sentence = "This stays as it is. Make another secret, and delete this one once nothing uses it."
            raise ValidationError({name.removesuffix("_id"): sentence for name in moved})


def _problem_with(call: Any, values: StandIns) -> str | None:
    if problem_with_url(fill(call.url, values)):
        return "Its URL would be none: write the value as URLs do, such as a space as %20."
    headers = (call.service.headers | call.headers).items()
    return next(filter(None, (problem_with_header(name, fill(text, values)) for name, text in headers)), None)


def reason_to_keep(secret: Secret) -> str | None:
    """None, or a sentence that says which running calls would be left without it."""
    service = secret.service
    counting = service.secrets.filter(name=secret.name, environment__in={"", service.environment})
    if set(counting.values_list("pk", flat=True)) != {secret.pk}:
        return None
    names = [call.name for call in secret.using_calls() if call.enabled]
    if not names:
        return None
    listed = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
    return f"Calls use it: {listed}. Pause them, or take {secret.placeholder} out of them first."


@receiver(pre_delete, sender=Secret)
def keep_what_is_used(instance: Secret, origin: Any = None, **kwargs: Any) -> None:
    """Unless it goes with its service."""
    if getattr(origin, "model", type(origin)) is Secret and (reason := reason_to_keep(instance)):
        raise ProtectedError(reason, {instance})


def problem_with_value(text: str) -> str | None:
    """None when this may be kept as a secret. The sentence never repeats it."""
    if len(text) < SHORTEST_SECRET:
        return f"Use at least {SHORTEST_SECRET} characters: a shorter one could not be masked in what servers answer."
    if len(text) > LONGEST:
        return f"At most {LONGEST} characters."
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        return "It contains NUL or half a character; only whole characters are allowed."
    return None
