"""Many JSON values out of a body that comes in pieces: the items of an array, or the lines of NDJSON.

None is read further than its own end, so that memory holds one piece and one item whatever is sent.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.api import strict

LONGEST = 256 << 10
"""Characters of an item, bytes of a line."""
TOO_LONG = f"An item has at most {LONGEST >> 10} KiB."
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no JSON, and why."""

    sentence: str


def lines(pieces: Iterable[bytes]) -> Iterator[Any]:
    """The value of each line that is not blank, ``Malformed`` where it has none: other lines do not suffer from it."""
    for line in _split(pieces):
        if line is None:
            yield Malformed(TOO_LONG)
        elif line.strip():
            try:
                yield strict.loads(line)
            except ValueError as error:
                yield Malformed(str(error))


def _split(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """Without their ends; None for one that is too long."""
    rest, skipping = b"", False
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield None if skipping or len(line) > LONGEST else line
            skipping = False
        if len(rest) > LONGEST:
            rest, skipping = b"", True
    if rest or skipping:
        yield None if skipping else rest


class Document:
    """One JSON text: ``is_array`` tells whether iterating gives its items or the one value that it is.

    ValueError with a sentence where it is no strict JSON, which may be after some items.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._over = "", 0, False
        self.is_array = self._mark() == "["

    def __iter__(self) -> Iterator[Any]:
        if self.is_array:
            yield from self._items()
        else:
            yield self._value()
        if self._mark():
            raise ValueError("No JSON: something follows the end of the value.")

    def _items(self) -> Iterator[Any]:
        number, mark = 0, self._step()
        while mark != "]" or number:
            try:
                yield self._value()
            except ValueError as error:
                raise ValueError(f"Item {number}: {error}") from None
            mark = self._mark()
            if mark not in (",", "]"):
                raise ValueError(f"No JSON: a comma or ] is missing after item {number}.")
            if mark == "]":
                break
            number += 1
            self._step()
        self._at += 1

    def _step(self) -> str:
        self._at += 1
        return self._mark()

    def _mark(self) -> str:
        """The next character that is no space, '' at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self) -> Any:
        """The value that begins here. Where it does not end in what has been read, more is read."""
        while True:
            problem, value, end = None, None, 0
            try:
                value, end = strict.first(self._text, self._at)
            except ValueError as error:
                problem = error
            if problem is None and (end < len(self._text) or self._over):
                break
            if len(self._text) - self._at > LONGEST:
                raise ValueError(TOO_LONG)
            if not self._more() and problem is not None:
                raise problem
        if end - self._at > LONGEST:
            raise ValueError(TOO_LONG)
        self._at = end
        return value

    def _more(self) -> bool:
        """Read one more piece; False at the end."""
        if self._over:
            return False
        piece = next(self._pieces, b"")
        self._over = not piece
        try:
            more = self._decoder.decode(piece, final=self._over)
        except UnicodeDecodeError:
            raise ValueError("The body is no UTF-8.") from None
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(piece)
