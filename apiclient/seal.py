"""Text encrypted for the database: sealed by the newest key, opened by whichever made it, never taken for text."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "v1:"
"""Of what is stored, so that another way of encrypting can come beside this one."""


class UnreadableError(ValueError):
    """What is stored was sealed by a key that is not among ours, or is damaged."""


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """``stored`` is what the database keeps. Written anywhere by mistake, it shows nothing."""

    stored: str

    def __bool__(self) -> bool:
        return bool(self.stored)

    def __str__(self) -> str:
        return "(sealed)"

    __repr__ = __str__

    def open(self) -> str:
        """The text. UnreadableError where no key of ours opens it."""
        return _read(self.stored, _keys())

    @property
    def by_newest(self) -> bool:
        """Whether the newest key made it."""
        try:
            _read(self.stored, _keys()[:1])
        except UnreadableError:
            return False
        return True


def seal(text: str) -> Sealed:
    """By the newest key."""
    return Sealed(PREFIX + _fernet(_keys()).encrypt(text.encode("utf-8", "surrogatepass")).decode())


def _read(stored: str, keys: tuple[str, ...]) -> str:
    if not stored.startswith(PREFIX):
        raise UnreadableError("What is stored was not encrypted by this version of Answerback.")
    try:
        return _fernet(keys).decrypt(stored.removeprefix(PREFIX)).decode("utf-8", "surrogatepass")
    except (InvalidToken, ValueError):
        raise UnreadableError("No key of ANSWERBACK_SECRETS_KEYS opens it.") from None


def _keys() -> tuple[str, ...]:
    return tuple(settings.ANSWERBACK_SECRETS_KEYS)


@lru_cache(maxsize=16)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
