"""Regular expressions that people write, on an engine whose time is linear in the text: RE2. Pure.

No lookaround and no backreferences; an expression that would be large once unfolded is refused, since the time is
its size times the text's length.
"""

from functools import lru_cache
from typing import Any

import re2

LONGEST = 1_000
LARGEST = 2_000
"""Instructions: RE2 needs at worst as many steps for each byte."""
MEMORY = 4 << 20

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = MEMORY


class Pattern:
    """One expression; ``find`` searches anywhere in a text, ``^`` and ``$`` hold it fast."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled

    def found_in(self, text: str) -> bool:
        return self._compiled.search(_bytes(text)) is not None

    def is_all_of(self, text: str) -> bool:
        return self._compiled.fullmatch(_bytes(text)) is not None

    def first(self, text: str) -> str | None:
        """What the first group of the first match holds, the whole match where there is no group; None if none."""
        match = self._compiled.search(_bytes(text))
        if match is None:
            return None
        found = match.group(1) if self._compiled.groups else match.group()
        return "" if found is None else found.decode("utf-8", "replace")


@lru_cache(maxsize=256)
def compile(text: str) -> Pattern:
    """The expression, ready to use; ValueError with a sentence when it is none, or more than is allowed."""
    if len(text) > LONGEST:
        raise ValueError(f"A regular expression of {len(text)} characters: at most {LONGEST} are allowed.")
    try:
        compiled = re2.compile(_bytes(text), _OPTIONS)
    except re2.error as error:
        raise ValueError(f"{text[:80]!r} is no regular expression of RE2: {_said(error)}.") from None
    if compiled.programsize > LARGEST:
        raise ValueError(f"{text[:80]!r} is too large once its repetitions are unfolded: use smaller ones.")
    return Pattern(text, compiled)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _said(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
