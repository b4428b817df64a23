"""Moments as checks name them (``now``, ``30d``, ``-1h``, a date) and as answers tell them. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

OFFSET = re.compile(r"([+-]?\d{1,6})\s*(s|m|h|d|w)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
ALLOWED = "Use now, a span from now such as 30d, -1h or 15m, or a date such as 2027-01-31."
IN_MILLISECONDS = 100_000_000_000
"""A number as large is milliseconds since 1970, a smaller one seconds."""
LONGEST = 64


def named(text: str, now: datetime) -> datetime:
    """The moment that a check names; ValueError with a sentence when it names none."""
    text = text.strip()
    if text == "now":
        return now
    if found := OFFSET.fullmatch(text):
        try:
            return now + timedelta(**{UNITS[found[2]]: int(found[1])})
        except OverflowError:
            raise ValueError(f"{text!r} is further away than dates reach. {ALLOWED}") from None
    moment = _date(text)
    if moment is None:
        raise ValueError(f"{text[:LONGEST]!r} names no moment. {ALLOWED}")
    return moment


def told(value: object) -> datetime | None:
    """The moment that a value of an answer tells: an ISO date, a date of HTTP, or the time since 1970; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _since_1970(value)
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    text = value.strip()
    return _since_1970(int(text)) if text.isascii() and text.isdigit() and len(text) > 8 else _date(text)


def _since_1970(number: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= IN_MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _date(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
