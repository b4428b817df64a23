"""What must not be kept as text: names that say a value is secret, and the placeholders that stand in. Pure."""

import re
from dataclasses import dataclass, field
from typing import Any

from apiclient.importers.naming import placeholder_name

HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_WORDS = re.compile(
    r"pass(word|wd|phrase|code)?|pwd|secret|tokens?|api_?key|access_?key|private_?key|subscription_?key|client_?secret"
    r"|secret_?key|signature|sig|credentials?|authorization|auth|jwt|session_?id|sessid|jsessionid|phpsessid|bearer"
    r"|csrf|xsrf|key|session|sid",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TELLING = re.compile(
    r"(?:.*_|^)(pass(word|wd|phrase|code)?|pwd|secret|token|credentials?|signature|jwt|apikey|authorization|session_?id"
    r"|(api|access|private|subscription|secret|auth|client)_key)(_confirm(ation)?|_repeat)?"
)


def is_sensitive(name: str) -> bool:
    """Whether the name of a header, field or variable says that its value is a secret: ``j_password``."""
    if len(name) > 200:
        return False
    return bool(_WORDS.fullmatch(name) or _TELLING.fullmatch("_".join(_PARTS.findall(name)).lower()))


@dataclass(slots=True)
class Secrets:
    """The secrets that people have to make, each with the place that needs it first and how many do."""

    places: dict[str, list[str]] = field(default_factory=dict)
    _values: dict[str, str] = field(default_factory=dict, repr=False)

    def placeholder(self, name: str, place: str, value: str = "") -> str:
        """``{{ secret.name }}``, remembered for the note. Where a file gives values, different ones get numbers.

        The value itself goes no further than this object.
        """
        found = wanted = placeholder_name(name)
        number = 1
        while value and self._values.setdefault(found, value) != value:
            number += 1
            found = f"{wanted}_{number}"
        self.places.setdefault(found, []).append(place)
        return "{{ secret." + found + " }}"

    def notes(self) -> list[str]:
        """A sentence for each secret, in the order in which they were met."""
        return [
            f"Make the secret {name!r}: {places[0]}{others(places)} needs it; until then such calls are paused."
            for name, places in self.places.items()
        ]

    def conceal(self, value: Any, place: str, *, depth: int = 0) -> Any:
        """The value with secrets of its members, at any depth, replaced by placeholders. ``key`` is often none."""
        if depth > 60:
            return value
        if isinstance(value, list):
            return [self.conceal(item, place, depth=depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self.placeholder(key, place, item)
            if isinstance(item, str) and item and key != "key" and is_sensitive(str(key))
            else self.conceal(item, place, depth=depth + 1)
            for key, item in value.items()
        }


def others(places: list[str]) -> str:
    """How many places besides the first one."""
    return f" (and {len(places) - 1} more)" if len(places) > 1 else ""
