"""Why nothing was sent for a slot: every reason, one row each, with what an operator should do."""

from enum import IntEnum
from typing import Self


class MissedBecause(IntEnum):
    """The numbers are stored in the database: never renumber, never use one again."""

    label: str
    advice: str

    UNCLAIMED = (
        1,
        "no claim came in time",
        "Check that beat runs, and a worker that serves the default queue: it also does what beat asks for.",
    )
    NO_FREE_WORKER = (
        2,
        "no worker was free in time",
        "Start more workers for the queue of the call's location, or one at all if none serves it.",
    )
    SERVICE_LIMIT = (
        3,
        "the service's limit of concurrent calls was reached",
        "Raise the limit if the service can take it, or see why it answers so slowly.",
    )

    # The defaults let a type checker accept MissedBecause(2), the look-up by number.
    def __new__(cls, number: int, label: str = "", advice: str = "") -> Self:
        member = int.__new__(cls, number)
        member._value_ = number
        member.label, member.advice = label, advice
        return member

    @property
    def slug(self) -> str:
        """The word used in contracts: ``no_free_worker``."""
        return self.name.lower()
