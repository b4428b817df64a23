"""Token: how a program signs in, as its owner and with no more than its scopes."""

import re
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils import timezone

from apiclient.models.service import Service

READABLE = re.compile(r"ab_([0-9a-f]{12})_([0-9a-f]{64})")
NOBODYS = sha256(b"").hexdigest()
NOTED_EVERY = timedelta(minutes=1)
ENDED = {
    "revoked": "This token was revoked. Use another one.",
    "expired": "This token has expired. Use another one.",
    "inactive": "The login that this token belongs to is not active.",
}


class Scope(models.TextChoices):
    """What a token is good for; ``write`` includes ``read``, since every change answers with what it changed."""

    READ = "read", "Read"
    PUSH = "push", "Push outcomes"
    WRITE = "write", "Read and change"


class TokenError(Exception):
    """Why a token does not sign in: a sentence for whoever holds it."""


class UnknownTokenError(TokenError):
    """``public`` names the token whose secret was wrong; '' when there is none. It is not to be told."""

    def __init__(self, public: str = "") -> None:
        super().__init__("This token is not known. Check that it was copied whole.")
        self.public = public


class Token(models.Model):
    """``ab_`` + ``public`` + ``_`` + a secret of 256 bits, of which only the hash is kept.

    ``limited`` says that it reaches ``services`` alone: none, when all of them are deleted.
    """

    id = models.AutoField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    public = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    limited = models.BooleanField(default=False)
    services = models.ManyToManyField(Service, blank=True, related_name="tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, **fields: Any) -> tuple["Token", str]:
        """A saved token and its text, which is nowhere kept."""
        public, secret = secrets.token_hex(6), secrets.token_hex(32)
        token = cls(public=public, secret_hash=sha256(secret.encode()).hexdigest(), **fields)
        token.save(force_insert=True)
        return token, f"ab_{public}_{secret}"

    @classmethod
    def find(cls, text: str) -> "Token":
        """The token of this text, with its owner. TokenError where it does not sign in.

        A wrong secret is answered alike and compared alike whether or not its public part is known.
        """
        match = READABLE.fullmatch(text)
        if not match:
            raise UnknownTokenError
        token = cls.objects.select_related("owner").filter(public=match[1]).first()
        hashed = sha256(match[2].encode()).hexdigest()
        if not compare_digest(hashed, token.secret_hash if token else NOBODYS) or token is None:
            raise UnknownTokenError(token.public if token else "")
        if token.state in ENDED:
            raise TokenError(ENDED[token.state])
        return token

    @property
    def shown(self) -> str:
        """The part of the text that is no secret, to tell tokens apart by."""
        return f"ab_{self.public}_"

    @property
    def state(self) -> str:
        """``revoked``, ``expired``, ``inactive`` (its owner is), or ``valid``."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "valid" if self.owner.is_active else "inactive"

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes or (scope == Scope.READ and Scope.WRITE in self.scopes)

    def note_use(self) -> None:
        """Once a minute at most; a database that takes nothing stops nobody from reading."""
        now = timezone.now()
        if self.last_used_at and now - self.last_used_at < NOTED_EVERY:
            return
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
        with suppress(DatabaseError), transaction.atomic():
            Token.objects.filter(stale, pk=self.pk).update(last_used_at=now)

    def revoke(self, now: datetime | None = None) -> None:
        """From now on it signs in no more; one that was revoked stays as it was."""
        if self.revoked_at is None:
            self.revoked_at = now or timezone.now()
            self.save(update_fields=["revoked_at"])
