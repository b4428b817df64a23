"""A slot is one moment at which one call is due; its number is the outcome's id. Pure.

``slot = milliseconds since 2020-01-01 UTC << 22 | call id``: sorts by time, fits a signed 64-bit integer
until 2089 and 4,194,303 calls.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
CALL_BITS = 22
CALL_MASK = (1 << CALL_BITS) - 1
MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 2020."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """The moment that many milliseconds after 2020 began."""
    return EPOCH + ms * MILLISECOND


def slot_id(due_ms: int, call_id: int) -> int:
    """The number of the slot; ValueError when the call id does not fit."""
    if not 0 < call_id <= CALL_MASK:
        raise ValueError(f"call id {call_id} is outside 1..{CALL_MASK}")
    return due_ms << CALL_BITS | call_id


def due_ms_of(slot: int) -> int:
    """When the slot is due, in milliseconds since 2020."""
    return slot >> CALL_BITS


def call_of(slot: int) -> int:
    """The call that the slot belongs to."""
    return slot & CALL_MASK


def first_slot(due_ms: int) -> int:
    """The smallest number that a slot due at or after this moment can have."""
    return due_ms << CALL_BITS
