"""The head of an answer, bytes as they came, read into text that is safe to keep. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

Headers = tuple[tuple[str, str], ...]
REASON_LENGTH = 200
NO_STATUS = ("", "", 0)

_CONTROLS: dict[int, str | None] = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
_CONTROLS_IN_LINES = _CONTROLS | {ord("\n"): "\n", ord("\t"): " "}
_FIELD = re.compile(r"([^:\n]+):([^\n]*)")


def clean(text: str) -> str:
    """The text without control characters, on one line."""
    text = text.strip()
    return text if text.isprintable() else text.translate(_CONTROLS)


@lru_cache(maxsize=256)
def read_status(line: bytes) -> tuple[str, str, int]:
    """HTTP version, reason phrase and code of a status line; a code of 0 when it has none of three digits."""
    version, _, rest = line.decode("latin-1").partition(" ")
    code, _, reason = rest.strip().partition(" ")
    number = int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 0
    return clean(version.removeprefix("HTTP/")), clean(reason)[:REASON_LENGTH], number


def read_headers(lines: Iterable[bytes]) -> Headers:
    """The headers of lines that end in a line feed each, read as Latin-1."""
    text = b"".join(lines).decode("latin-1").translate(_CONTROLS_IN_LINES)
    return tuple([(name.strip(), value.strip()) for name, value in _FIELD.findall(text)])
