"""JSON read strictly: what two readers could understand differently is refused, in a sentence."""

import json
from collections import Counter
from typing import Any

DEEPEST = 32


def loads(data: bytes) -> Any:
    """The value of one JSON text in UTF-8.

    ValueError with a sentence for bytes that are no UTF-8, for what is no JSON (NaN and Infinity are none), for a name
    that stands twice in one object, a number too long to keep and nesting deeper than ``DEEPEST``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"Byte {error.start + 1} is no UTF-8.") from None
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"No JSON at line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if _is_deeper(value, DEEPEST):
        raise ValueError(TOO_DEEP)
    return value


def first(text: str, begin: int = 0) -> tuple[Any, int]:
    """The value that begins there, and where it ends: one of many in a text. ValueError as in ``loads``."""
    try:
        value, end = _decoder.raw_decode(text, begin)
    except json.JSONDecodeError as error:
        raise ValueError(f"No JSON: {error.msg}.") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if _is_deeper(value, DEEPEST):
        raise ValueError(TOO_DEEP)
    return value, end


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON. Use a number, or null.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"The name {twice[:80]!r} stands twice in one object.")
    return found


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"A number of {len(text)} digits is too long.")
    return int(text)


def _is_deeper(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deeper(one, left - 1) for one in inner)


LONGEST_NUMBER = 400
TOO_DEEP = f"Nested deeper than {DEEPEST} levels."
_decoder = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_object, parse_int=_integer)
