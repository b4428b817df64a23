"""When a delivery that failed is tried again. Pure: the clock and chance are given."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
PAUSES_MS = (5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS)
"""After the first attempt, the second, ...; the last one again and again."""
LAST_MS = 72 * HOUR_MS
"""No attempt is made later than that after the event was queued."""
JITTER = 0.2
LONGEST_ASKED_MS = 6 * HOUR_MS
"""What a receiver asks for by Retry-After is granted up to here."""


def next_attempt(attempts: int, queued_ms: int, now_ms: int, asked_ms: int, chance: float) -> int | None:
    """The moment of the next attempt after so many, None when it is given up.

    ``asked_ms`` is how long the receiver wants to be left alone, 0 when it did not say; ``chance`` is from 0 to 1.
    """
    usual = PAUSES_MS[min(attempts, len(PAUSES_MS)) - 1]
    spread = int(usual * (1 + JITTER * (2 * chance - 1)))
    moment = now_ms + max(spread, min(asked_ms, LONGEST_ASKED_MS))
    return moment if moment <= queued_ms + LAST_MS else None


def read_retry_after(text: str, now: datetime) -> int:
    """Milliseconds that a Retry-After asks for, in seconds or until a date; 0 for what is neither."""
    if text.isascii() and text.isdigit():
        return int(text[:9]) * SECOND_MS
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, int((until - now).total_seconds() * 1000))
