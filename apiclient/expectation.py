"""What a call is expected to answer: which codes pass, and when an answer is late. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

CODES = range(100, 1000)
TERM = re.compile(r"([1-9])xx|([1-9]\d\d)(?:-([1-9]\d\d))?", re.IGNORECASE)
ALLOWED = "Use codes, ranges and classes separated by commas, such as 2xx, 401, 500-504."


@lru_cache(maxsize=1024)
def parse_codes(text: str) -> frozenset[int]:
    """The codes that ``2xx, 401, 500-504`` names; ValueError with a sentence when it names none or is garbled."""
    codes: set[int] = set()
    for term in filter(None, (part.strip() for part in text.split(","))):
        match = TERM.fullmatch(term)
        if not match:
            raise ValueError(f"{term!r} is not a status code. {ALLOWED}")
        hundred, first, last = match.groups()
        if hundred:
            codes.update(range(int(hundred) * 100, int(hundred) * 100 + 100))
            continue
        low, high = int(first), int(last or first)
        if low > high:
            raise ValueError(f"{term!r} runs backwards. {ALLOWED}")
        codes.update(range(low, high + 1))
    if not codes:
        raise ValueError(f"No status code in {text!r}. {ALLOWED}")
    return frozenset(codes)


SUCCESS = parse_codes("1xx, 2xx, 3xx")


@dataclass(frozen=True, slots=True)
class Expectation:
    """``codes`` pass; an answer that passes but takes longer than ``slow_after_ms`` is degraded."""

    codes: frozenset[int] = SUCCESS
    slow_after_ms: int | None = None

    @classmethod
    def of(cls, expected_codes: str, slow_after_ms: int | None) -> "Expectation":
        """From a call's fields; blank codes mean the success column of the code table (1xx-3xx)."""
        return cls(parse_codes(expected_codes) if expected_codes.strip() else SUCCESS, slow_after_ms)
