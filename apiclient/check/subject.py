"""The answer under judgement: its body read as text and as JSON once, whatever number of checks ask. Pure and total."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from typing import Any

from apiclient.http import Exchange
from apiclient.message import decoded

DEEPEST = 100
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_NO_BRACKET = re.compile(r"[^\[\]{}]+")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


class Unreadable(ValueError):
    """The body is no JSON that checks read; the sentence says why."""


@dataclass
class Subject:
    """An exchange that ended with a code, at the moment ``now``."""

    exchange: Exchange
    now: datetime

    @cached_property
    def text(self) -> str:
        return decoded(self.exchange.body, self.exchange.header("Content-Type"))

    @property
    def cut(self) -> str:
        """What a sentence about the body must add where not all of it was kept, else ''."""
        kept, whole = len(self.exchange.body), self.exchange.body_bytes
        return f" Only the first {kept} of {whole} bytes were looked at." if kept < whole else ""

    @property
    def document(self) -> Any:
        """The body read as JSON; Unreadable when it is none, cut or nested too deep."""
        if isinstance(self._read, Unreadable):
            raise self._read
        return self._read[0]

    @cached_property
    def depth(self) -> int:
        """How deep the JSON is nested."""
        brackets = _NO_BRACKET.sub("", _STRING.sub("", self.text))
        return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)

    @cached_property
    def _read(self) -> Unreadable | tuple[Any]:
        if self.cut:
            return Unreadable(f"the body was cut.{self.cut}")
        if not self.text.strip():
            return Unreadable("the body is empty.")
        if self.text.count("[") + self.text.count("{") > DEEPEST and self.depth > DEEPEST:
            return Unreadable(f"it is nested deeper than {DEEPEST} levels.")
        try:
            return (json.loads(self.text.lstrip("\ufeff"), parse_constant=_refuse),)
        except (ValueError, RecursionError) as error:
            return Unreadable(f"the body is not JSON: {str(error)[:120]}.")


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no value of JSON")
