"""What is stored encrypted, encrypted again by the newest key; and what no key of ours opens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from apiclient.models.encrypted import EncryptedField
from apiclient.seal import Sealed, UnreadableError, seal

BATCH = 500


@dataclass(slots=True)
class Rotation:
    """How many texts were encrypted again, how many were by the newest key already, and the names of the rest."""

    rotated: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate() -> Rotation:
    """Each batch of rows in a transaction of its own: what is interrupted goes on where it stopped."""
    done = Rotation()
    for model, name in _fields():
        last = 0
        while True:
            with transaction.atomic():
                rows = list(_after(model, last).select_for_update()[:BATCH])
                for row in rows:
                    _again(row, name, done)
            if not rows:
                break
            last = rows[-1].pk
    return done


def unreadable() -> list[str]:
    """The names of what cannot be decrypted."""
    found = []
    for model, name in _fields():
        for row in _after(model, 0).iterator(BATCH):
            try:
                getattr(row, name).open()
            except UnreadableError:
                found.append(_named(row))
    return found


def _again(row: models.Model, name: str, done: Rotation) -> None:
    sealed: Sealed = getattr(row, name)
    if sealed.by_newest:
        done.current += 1
        return
    try:
        text = sealed.open()
    except UnreadableError:
        done.unreadable.append(_named(row))
        return
    # The same text, so that nothing that depends on it has changed.
    type(row)._default_manager.filter(pk=row.pk).update(**{name: seal(text)})
    done.rotated += 1


def _fields() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_app_config("apiclient").get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, EncryptedField):
                yield model, one.name


def _after(model: type[models.Model], last: int) -> Any:
    return model._default_manager.filter(pk__gt=last).order_by("pk")


def _named(row: Any) -> str:
    service = getattr(row, "service", None)
    return f"{row._meta.verbose_name} {row}{f' of {service}' if service else ''}"
