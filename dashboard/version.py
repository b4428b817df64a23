"""Which version of what is configured somebody has read, so that nobody overwrites what another one saved meanwhile."""

from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

CHOSEN = ("locations", "teams", "services")
"""Of a call, of a service, of a webhook."""


class Change(NamedTuple):
    """The last one that was noted: whose, and when."""

    who: str
    when: datetime


def version(thing: Any) -> str:
    """Of what is kept of a thing, with the many that are chosen for it: every saved edit makes another one."""
    plain = [(field.attname, str(getattr(thing, field.attname))) for field in thing._meta.concrete_fields]
    chosen = next((getattr(thing, name) for name in CHOSEN if hasattr(thing, name)), None)
    related = sorted(chosen.order_by().values_list("pk", flat=True)) if chosen else []
    return digest((plain, related))


def digest(value: Any) -> str:
    """A short mark of any value that ``repr`` tells apart."""
    return blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def last_change(thing: Any) -> Change | None:
    """What the history says of the last edit; None where that was noted by nobody."""
    kind = ContentType.objects.get_for_model(type(thing))
    found = LogEntry.objects.filter(content_type=kind, object_id=str(thing.pk), action_time__gte=thing.updated_at)
    entry = found.select_related("user").order_by("-action_time", "-pk").first()
    return Change(entry.user.get_username(), entry.action_time) if entry else None


def told(thing: Any) -> str:
    """A sentence on who has changed it, for somebody who wanted to as well."""
    change = last_change(thing)
    if change is None:
        return "Somebody else has changed this since you read it."
    return f"{change.who} changed this on {change.when:%Y-%m-%d at %H:%M:%S} UTC, after you read it."
