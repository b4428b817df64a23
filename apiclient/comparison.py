"""How a value of an answer is compared with the one a check gives: ``equals``, ``contains``, ``after``. Pure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from apiclient import moment, pattern

LONGEST = 2_000
SHOWN = 1_000
"""Sentences are made shorter only once their secrets are masked."""
NAMED = 80
MOST_LISTED = 100


class _Word(NamedTuple):
    """``phrase`` follows "must"; ``read`` makes of the given value what ``holds`` compares with."""

    phrase: str
    read: Callable[[Any], Any]
    holds: Callable[[Any, Any, datetime], bool]
    label: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One word with its value; ``phrase`` says it after "must": ``equal "ready"``."""

    word: str
    value: Any
    phrase: str

    @property
    def wants_absence(self) -> bool:
        return self.word == "absent"

    @property
    def is_of_presence(self) -> bool:
        return self.word in ("present", "absent")

    @property
    def is_negative(self) -> bool:
        """Whether what is not there fulfils it as well."""
        return self.word in ("differs", "lacks", "lacks_match", "absent")

    def holds(self, found: Any, now: datetime) -> bool:
        """Whether a value that is there is as wanted; any value of JSON has an answer."""
        return WORDS[self.word].holds(found, self.value, now)


def comparison_of(word: object, value: object) -> Comparison:
    """Of a check's members ``is`` and ``value``. ValueError with a sentence; ``about(word)`` tells which is meant."""
    if not isinstance(word, str) or word not in WORDS:
        raise ValueError(f"{str(word)[:NAMED]!r} is not one of {', '.join(WORDS)}.")
    how = WORDS[word]
    read = how.read(value)
    if word in ("present", "absent"):
        return Comparison(word, None, how.phrase)
    said = read.text if isinstance(read, pattern.Pattern) else value
    return Comparison(word, read, how.phrase.format(shown(said)))


def shown(value: Any) -> str:
    """A value in a sentence: quoted, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def text_of(value: Any) -> str:
    """A value of JSON as text: a string as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _nothing(value: Any) -> None:
    if value not in (None, ""):
        raise ValueError("It takes no value: leave it out.")


def _anything(value: Any) -> Any:
    if value is None or len(text_of(value)) > LONGEST:
        raise ValueError(f"Give a value of at most {LONGEST} characters.")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return text_of(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise ValueError(f"Give a text of 1 to {LONGEST} characters.")
    return value


def _pattern(value: Any) -> pattern.Pattern:
    return pattern.compile(_text(value))


def _number(value: Any) -> float:
    found = _as_number(value)
    if found is None:
        raise ValueError("Give a number, such as 30 or 0.5.")
    return found


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not 0 < len(value) <= MOST_LISTED or len(text_of(value)) > LONGEST:
        raise ValueError(f"Give 1 to {MOST_LISTED} values separated by commas, or a list of them.")
    return value


def _moment(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    moment.named(text, datetime.now().astimezone())
    return text


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)[:65]) > 64:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if found - found == 0 else None  # neither infinite nor no number


def _equals(found: Any, value: Any, now: datetime) -> bool:
    return text_of(found) == text_of(value) or (type(found) is not bool and type(value) is not bool and found == value)


def _contains(found: Any, value: str, now: datetime) -> bool:
    return any(_equals(each, value, now) for each in found) if isinstance(found, list) else value in text_of(found)


def _matches(found: Any, value: pattern.Pattern, now: datetime) -> bool:
    return value.found_in(text_of(found))


def _less(found: Any, value: float, now: datetime) -> bool:
    number = _as_number(found)
    return number is not None and number < value


def _greater(found: Any, value: float, now: datetime) -> bool:
    number = _as_number(found)
    return number is not None and number > value


def _in(found: Any, value: list[Any], now: datetime) -> bool:
    return any(_equals(found, each, now) for each in value)


def _after(found: Any, value: str, now: datetime) -> bool:
    told = moment.told(found)
    return told is not None and told > moment.named(value, now)


def _before(found: Any, value: str, now: datetime) -> bool:
    told = moment.told(found)
    return told is not None and told < moment.named(value, now)


WORDS = {
    "equals": _Word("be {}", _anything, _equals, "equals"),
    "differs": _Word("not be {}", _anything, lambda *given: not _equals(*given), "differs from"),
    "contains": _Word("contain {}", _text, _contains, "contains"),
    "lacks": _Word("not contain {}", _text, lambda *given: not _contains(*given), "does not contain"),
    "matches": _Word("match {}", _pattern, _matches, "matches"),
    "lacks_match": _Word("not match {}", _pattern, lambda *given: not _matches(*given), "does not match"),
    "present": _Word("be there", _nothing, lambda *given: True, "is there"),
    "absent": _Word("not be there", _nothing, lambda *given: False, "is not there"),
    "less": _Word("be less than {}", _number, _less, "is less than"),
    "greater": _Word("be greater than {}", _number, _greater, "is greater than"),
    "in": _Word("be one of {}", _list, _in, "is one of"),
    "after": _Word("be after {}", _moment, _after, "is after"),
    "before": _Word("be before {}", _moment, _before, "is before"),
}
