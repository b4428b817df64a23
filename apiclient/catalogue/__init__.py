"""What every status code and every failure means: data with one door, ``lookup``. No Django."""

from functools import cache, lru_cache

from apiclient.catalogue.failure import Failure, failure_for
from apiclient.catalogue.http_status import REGISTERED, SEED_TABLE, UNOFFICIAL
from apiclient.catalogue.meaning import CATEGORY_OF_CLASS, Category, CodeClass, Meaning, Sense
from apiclient.catalogue.missed import MissedBecause
from apiclient.catalogue.verdict import Verdict

__all__ = [
    "Category",
    "CodeClass",
    "Failure",
    "Meaning",
    "MissedBecause",
    "Sense",
    "Verdict",
    "all_meanings",
    "category_of",
    "class_of",
    "failure_for",
    "lookup",
    "seed_table",
]

VALID_CODES = range(100, 600)
_CLASS_OF_HUNDRED = {int(word[0]): word for word in CodeClass if word is not CodeClass.NONE}


def class_of(code: int | None) -> CodeClass:
    """The class of any integer, 5xx for one outside 100..599; NONE for None."""
    if code is None:
        return CodeClass.NONE
    return _CLASS_OF_HUNDRED.get(code // 100, CodeClass.SERVER_ERROR)


@lru_cache(maxsize=1024)
def category_of(code: int | None) -> Category:
    """The column of any integer; NO_RESPONSE for None."""
    return CATEGORY_OF_CLASS[class_of(code)]


def lookup(code: int | None, failure: Failure | None = None) -> Meaning:
    """What this code means, for any integer; for None, what this failure says."""
    if code is None:
        return _no_answer(failure)
    return _KNOWN.get(code) or _unregistered(code)


def all_meanings() -> tuple[Meaning, ...]:
    """Every known code in ascending order, each once."""
    return tuple(_KNOWN.values())


def seed_table() -> dict[Category, tuple[Meaning, ...]]:
    """The code table in its own three columns, top to bottom."""
    return {column: tuple(_KNOWN[code] for code in messages) for column, messages in SEED_TABLE.items()}


def _known_codes() -> dict[int, Meaning]:
    senses: dict[int, tuple[Sense, ...]] = {}
    for code, phrase, origin in REGISTERED + UNOFFICIAL:
        senses[code] = (*senses.get(code, ()), Sense(phrase, origin))
    seed = {code: message for column in SEED_TABLE.values() for code, message in column.items()}
    return {code: _known(code, senses[code], seed.get(code)) for code in sorted(senses)}


def _known(code: int, senses: tuple[Sense, ...], seed_message: str | None) -> Meaning:
    return Meaning(
        code=code,
        message=seed_message or senses[0].phrase,
        code_class=class_of(code),
        category=category_of(code),
        origin=senses[0].origin,
        meanings=senses,
        valid=code in VALID_CODES,
        seed=seed_message is not None,
    )


@lru_cache(maxsize=1024)
def _unregistered(code: int) -> Meaning:
    code_class, valid = class_of(code), code in VALID_CODES
    message = f"Unregistered {code_class} code" if valid else "Not a status code: outside 100..599"
    origin = "in no registry" if valid else "invalid; RFC 9110 section 15 counts it as 5xx"
    return Meaning(code, message, code_class, category_of(code), origin, valid=valid)


@cache
def _no_answer(failure: Failure | None) -> Meaning:
    message = "No answer" if failure is None else failure.label
    return Meaning(None, message, CodeClass.NONE, Category.NO_RESPONSE, "not a status code")


_KNOWN = _known_codes()
