"""EncryptedField: text that the database never holds in the clear."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from apiclient.seal import Sealed, seal

if TYPE_CHECKING:
    _Text = models.TextField[Sealed | str, Sealed]
else:
    _Text = models.TextField


class _Sealing(DeferredAttribute):
    """A text that is assigned is sealed at once: what is read from the attribute is always Sealed."""

    def __set__(self, instance: Any, value: Sealed | str) -> None:
        instance.__dict__[self.field.attname] = value if isinstance(value, Sealed) else _sealed(value)


class EncryptedField(_Text):
    """Assigned as text, read as ``Sealed``, whose ``open()`` gives the text or raises UnreadableError.

    Equal texts are stored differently, so that nothing can be looked up by it.
    """

    descriptor_class = _Sealing

    def from_db_value(self, value: str, *args: Any) -> Sealed:
        return Sealed(value)

    def to_python(self, value: Any) -> Any:
        """What was dumped is as it is stored."""
        return value if isinstance(value, Sealed) else Sealed(value)

    def clean(self, value: Any, model_instance: Any) -> Any:
        self.validate(value, model_instance)
        return value

    def get_prep_value(self, value: Any) -> str:
        return (value if isinstance(value, Sealed) else _sealed(value)).stored

    def value_to_string(self, obj: models.Model) -> str:
        stored: str = self.value_from_object(obj).stored
        return stored

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value.stored if isinstance(value, Sealed) else value, model_instance)

    def get_lookup(self, lookup_name: str) -> Any:
        raise TypeError("Nothing can be looked up by a text that is stored encrypted.")


def _sealed(text: str) -> Sealed:
    """Nothing stays nothing, so that a field without a text can be told."""
    return seal(text) if text else Sealed("")
