"""One variable of the environment, or of the file that NAME_FILE names, read with a sentence when it cannot be.

Raises ImproperlyConfigured with the variable's name and what is allowed; never with its value where that is a secret.
"""

import re
from base64 import b64decode, urlsafe_b64encode

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

FLAGS = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
URL_SAFE = str.maketrans("+/", "-_")
_read = FileAwareEnv()


def text(name: str, default: str = "") -> str:
    """The variable as it is; an empty one counts as not given."""
    try:
        return _read.str(name, default="") or default
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: the file cannot be read: {error.strerror}.") from error


def words(name: str, default: list[str] | None = None) -> list[str]:
    """Words separated by commas."""
    return [word for part in text(name).split(",") if (word := part.strip())] or default or []


def whole(name: str, default: int, least: int = 1, most: int = 1_000_000) -> int:
    """A whole number within bounds."""
    found = text(name, str(default))
    if not (found.isascii() and found.isdigit() and least <= int(found) <= most):
        raise ImproperlyConfigured(f"{name}: use a whole number from {least} to {most}, not {found!r}.")
    return int(found)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of some words, in whatever case."""
    found = text(name, default)
    match = next((word for word in allowed if word.lower() == found.lower()), None)
    if match is None:
        raise ImproperlyConfigured(f"{name}: use one of {', '.join(allowed)}, not {found!r}.")
    return match


def flag(name: str) -> bool:
    """On or off; off when not given."""
    return FLAGS[choice(name, "false", tuple(FLAGS))]


def origins(name: str) -> list[str]:
    """Origins of browsers, such as https://status.example.org, or * alone for every one."""
    found = words(name)
    bad = [word for word in found if not _ORIGIN.fullmatch(word) and found != ["*"]]
    if bad:
        raise ImproperlyConfigured(
            f"{name}: use origins such as https://status.example.org, or * alone, not {bad[0]!r}."
        )
    return found


def keys(name: str, instead: str = "") -> list[str]:
    """Keys of 32 bytes in base64, separated by commas, in the URL-safe alphabet; of another text where one is given."""
    words_given = [word for part in (instead or text(name)).split(",") if (word := part.strip())]
    try:
        return [_key(word) for word in words_given]
    except ValueError:
        advice = "Use 32 bytes in base64, as `openssl rand -base64 32` makes them."
        raise ImproperlyConfigured(f"{name}: what is given is no list of keys. {advice}") from None


def _key(word: str) -> str:
    plain = word.rstrip("=").translate(URL_SAFE)
    raw = b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    if len(raw) != 32:
        raise ValueError("a key has 32 bytes")
    return urlsafe_b64encode(raw).decode()
