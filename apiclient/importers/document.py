"""JSON and YAML of strangers -> plain values, in bounded time and memory. Pure.

Whatever is odd is refused with its place. YAML is read by its 1.2 core rules, so that ``no`` stays a text and a date
is no date; keys become texts. The values are a tree that may share branches (aliases) but never contains itself.
"""

import json
import math
from typing import Any, NoReturn

from apiclient.importers.yaml_text import read_yaml

LONGEST = 16 << 20
"""Characters: the largest descriptions met (of GitHub, in full) have 14 million, and 280 thousand values."""
DEEPEST = 120
MOST = 1_500_000
"""Values in one document."""


def text_of(data: bytes) -> str:
    """The text of a file; ValueError names the first byte that is no UTF-8."""
    if len(data) > 4 * LONGEST:
        raise ValueError(f"The file has {len(data)} bytes; at most {LONGEST} characters are read.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: byte {error.start} (0x{data[error.start]:02x}) is no UTF-8 text.") from None


def load(text: str) -> Any:
    """The value that the JSON or YAML text holds. ValueError with a sentence that names the place."""
    text = checked(text)
    if not text.strip():
        raise ValueError("The file is empty.")
    if text.lstrip()[0] in "{[":
        return _json(text)
    value = read_yaml(text, deepest=DEEPEST, most=MOST)
    _inspect(value, {})
    return value


def checked(text: str) -> str:
    """The text without its byte order mark; ValueError where it is too long or holds a NUL or half a character."""
    text = text.removeprefix("\ufeff")
    if len(text) > LONGEST:
        raise ValueError(f"The file has {len(text)} characters; at most {LONGEST} are read. Cut it into several.")
    if (at := text.find("\0")) >= 0:
        raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: a NUL character, which no text holds.")
    if problem := _problem_with(text):
        raise ValueError(f"The file {problem}.")
    return text


def _json(text: str) -> Any:
    twice: dict[int, str] = {}

    def of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice[id(found)] = next(name for at, name in enumerate(names) if name in names[:at])
            kept.append(found)
        return found

    kept: list[dict[str, Any]] = []  # so that no other object gets the id of one that is gone
    try:
        value = json.loads(text, object_pairs_hook=of_pairs, parse_constant=_refuse_constant, parse_int=_int)
    except RecursionError:
        raise ValueError(f"The JSON is nested deeper than {DEEPEST} levels.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: this is no JSON ({error.msg}).") from None
    _inspect(value, twice)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON.")


def _int(digits: str) -> int:
    if len(digits) > 1000:
        raise ValueError(f"The number {digits[:20]}... has {len(digits)} digits, which is more than anybody counts.")
    return int(digits)


def _inspect(value: Any, twice: dict[int, str]) -> None:
    """ValueError for keys given twice, texts that cannot be stored, too many values or too deep ones."""
    seen: set[int] = set()
    waiting: list[tuple[Any, tuple[Any, ...], int]] = [(value, (), 0)]
    count = 0
    while waiting:
        part, place, depth = waiting.pop()
        count += 1
        if count > MOST:
            raise ValueError(f"The file holds more than {MOST} values. Cut it into several.")
        if depth > DEEPEST:
            raise ValueError(f"{spelled(place)}: nested deeper than {DEEPEST} levels.")
        if isinstance(part, dict | list):
            if id(part) in seen:
                continue
            seen.add(id(part))
            _inspect_keys(part, place, twice)
            pairs = part.items() if isinstance(part, dict) else enumerate(part)
            waiting.extend((child, (place, key), depth + 1) for key, child in pairs)
        elif problem := _problem_with(part):
            raise ValueError(f"{spelled(place)}: {problem}.")


def _inspect_keys(part: Any, place: tuple[Any, ...], twice: dict[int, str]) -> None:
    if id(part) in twice:
        raise ValueError(f"{spelled(place)}: the key {twice[id(part)][:60]!r} is given twice.")
    if isinstance(part, dict) and (bad := next((problem for problem in map(_problem_with, part) if problem), None)):
        raise ValueError(f"{spelled(place)}: a key {bad}.")


def _problem_with(value: Any) -> str | None:
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is too large"
    if not isinstance(value, str):
        return None
    if "\0" in value:
        return "holds a NUL character"
    if value.isascii():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return None


def spelled(place: tuple[Any, ...]) -> str:
    """``((((), "paths"), "/pets"), 0)`` -> ``paths./pets[0]``."""
    keys: list[Any] = []
    while place:
        place, key = place
        keys.append(key)
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{str(key)[:80]}" for key in reversed(keys))
    return text.removeprefix(".") or "the file"
