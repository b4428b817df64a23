"""Codes as people write them: ``2xx, 401, 500-504``. Pure."""

import re
from functools import lru_cache

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
