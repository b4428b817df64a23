"""The wall clock in the unit of slots. One door, so that a test can step it. Durations never come from here."""

from datetime import UTC, datetime

from apiclient.slot import to_ms


def now_ms() -> int:
    """Milliseconds since 2020."""
    return to_ms(datetime.now(UTC))
