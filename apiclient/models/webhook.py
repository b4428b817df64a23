"""Webhook: who is told when the verdict of a call changes, and where."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apiclient.http import Guard
from apiclient.http.validate import problem_with_url
from apiclient.models.encrypted import EncryptedField
from apiclient.models.service import Service
from apiclient.models.team import Team
from apiclient.seal import UnreadableError
from apiclient.signature import make_secret, problem_with_secret

BOTH_SIGN = timedelta(hours=24)
"""How long after a new secret was made the one before it signs too, so that receivers can change theirs."""


class Change(models.TextChoices):
    """What became of a call's verdict: the word for the new one. Or the call answered a code that it never had before.

    Such a code is ``undocumented`` where the call has a reference that does not name it, else a ``new_code``.
    """

    FAILED = "failed", "Failed"
    DEGRADED = "degraded", "Degraded"
    RECOVERED = "recovered", "Recovered"
    NEW_CODE = "new_code", "New code"
    UNDOCUMENTED = "undocumented", "Undocumented code"


def every_change() -> list[str]:
    """Of verdicts."""
    return [Change.FAILED.value, Change.DEGRADED.value, Change.RECOVERED.value]


class Webhook(models.Model):
    """Belongs to an owner or to a team, and tells of no service out of their reach.

    ``limited`` to ``services``, also once the last of them is deleted, else it tells of all in reach.
    ``secret`` holds what signs, the newest first; after a change of it the one before, parted by a space. It is shown
    once, when it is made. ``gone_at`` is when the receiver answered 410 Gone, which disabled it.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=120)
    url = models.CharField("URL", max_length=2000, help_text="Where events are sent: https://hooks.example.com/answers")
    secret = EncryptedField(editable=False)
    secret_changed_at = models.DateTimeField(null=True, editable=False)
    enabled = models.BooleanField(default=True, help_text="Off: nothing is sent.")
    services = models.ManyToManyField(
        Service, blank=True, related_name="webhooks", help_text="None: every service that its owner or team can see."
    )
    limited = models.BooleanField(default=False, editable=False)
    changes = models.JSONField(default=every_change, help_text="failed, degraded, recovered, new_code, undocumented.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, editable=False, related_name="webhooks"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="webhooks")
    gone_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="webhook_owner_or_team",
                condition=Q(owner__isnull=True, team__isnull=False) | Q(owner__isnull=False, team__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.secret = self.secret or make_secret()
        if self.enabled:
            self.gone_at = None
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        problems = {
            "url": problem_with_receiver(self.url),
            "changes": problem_with_changes(self.changes),
            "secret": self._problem_with_secret(),
        }
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    @property
    def newest_secret(self) -> str:
        """UnreadableError where it cannot be decrypted."""
        return self.secret.open().partition(" ")[0]

    @property
    def signing_secrets(self) -> list[str]:
        """Those that sign at this moment, the newest first. UnreadableError where they cannot be decrypted."""
        newest, _, before = self.secret.open().partition(" ")
        changed: datetime | None = self.secret_changed_at
        return [newest, before] if before and changed and timezone.now() - changed < BOTH_SIGN else [newest]

    def _problem_with_secret(self) -> str | None:
        try:
            return problem_with_secret(self.newest_secret) if self.secret else None
        except UnreadableError:
            return None  # and every other field can be edited

    def limit_to(self, services: Iterable[Service]) -> None:
        """Tell of these alone, of all in reach when there are none; it is saved."""
        chosen = list(services)
        self.limited = bool(chosen)
        self.save(update_fields=["limited", "updated_at"])
        self.services.set(chosen)

    def change_secret(self, secret: str = "") -> str:
        """Sign by another secret from now on, made here unless given; it is returned, and saved."""
        newest = secret or make_secret()
        try:
            both = f"{newest} {self.newest_secret}"
        except UnreadableError:
            both = newest  # which is how to go on after its key was lost
        self.secret, self.secret_changed_at = both, timezone.now()
        self.save(update_fields=["secret", "secret_changed_at", "updated_at"])
        return newest


def problem_with_receiver(url: str) -> str | None:
    """None when events may be sent there, as far as its text tells; the guard judges again at each attempt."""
    if problem := problem_with_url(url):
        return problem
    host = (urlsplit(url).hostname or "").removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    if not (":" in host or host.replace(".", "").isdigit()):
        return None  # a name: what it stands for is judged when something is sent there
    return Guard(settings.ANSWERBACK_ALLOWED_NETWORKS).refusal(host)


def problem_with_changes(changes: object) -> str | None:
    """None, or what is wrong with a list of changes."""
    known = ", ".join(Change.values)
    if not isinstance(changes, list) or not all(isinstance(one, str) for one in changes):
        return f"Use a list of one or more of {known}."
    if unknown := next((one for one in changes if one not in Change.values), None):
        return f"{unknown[:40]!r} is no change. Use one or more of {known}."
    if not changes or len(set(changes)) < len(changes):
        return f"Name each change once, and at least one of {known}."
    return None
