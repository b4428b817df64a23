"""Did an exchange meet its call's expectation? Separate from its code: a call that must answer 401 passes on 401."""

from enum import IntEnum


class Verdict(IntEnum):
    """The numbers are stored in the database: never renumber. A higher one is worse."""

    PASSED = 1
    DEGRADED = 2
    FAILED = 3

    @property
    def slug(self) -> str:
        """The word used in contracts: ``passed``."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The word shown to people: ``Passed``."""
        return self.name.capitalize()

    @classmethod
    def from_slug(cls, slug: str) -> "Verdict":
        """The verdict of that slug; ValueError naming what is allowed."""
        for verdict in cls:
            if verdict.slug == slug:
                return verdict
        raise ValueError(f"verdict: {slug!r} is not one of {', '.join(each.slug for each in cls)}")
