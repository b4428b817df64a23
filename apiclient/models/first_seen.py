"""FirstSeen: the first outcome of a call that had a code, one row for each call and code, ever."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from apiclient.models.call import Call
from apiclient.slot import due_ms_of, from_ms


class FirstSeen(models.Model):
    """``slot`` is the outcome that was the first to be recorded, or a moment where it came before this was noted.

    ``documented`` says whether the reference of the call documents the code now, NULL where it has none. ``is_news``
    until whoever wants to be told of new codes is. No foreign key is enforced, since it would lock the call's row.
    """

    call = models.ForeignKey(Call, models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    status_code = models.SmallIntegerField()
    slot = models.BigIntegerField()
    documented = models.BooleanField(null=True)
    is_news = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "status_code"], name="first_seen_once")]
        indexes = [
            models.Index(fields=["id"], name="first_seen_news", condition=Q(is_news=True)),
            models.Index(fields=["status_code", "call"], name="first_seen_strange", condition=Q(documented=False)),
        ]

    def __str__(self) -> str:
        return f"{self.status_code} of call {self.call_id} at slot {self.slot}"

    @property
    def at(self) -> datetime:
        return from_ms(due_ms_of(self.slot))
