"""How many days the server's certificate is valid for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apiclient.check.finding import Finding, Wrong
from apiclient.check.subject import Subject

MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Certificate:
    """``{"kind": "certificate", "value": 14}``: at least so many whole days are left."""

    MEMBERS: ClassVar = ("value",)
    reads_body: ClassVar = False
    days: int

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Certificate":
        days = given.get("value")
        if isinstance(days, str) and days.strip().isascii() and days.strip().isdigit() and len(days) < 9:
            days = int(days)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
            raise Wrong(f"Give the least number of days that must be left: 1 to {MOST_DAYS}.", "value")
        return cls(days)

    def judge(self, subject: Subject) -> Finding:
        must = f"The certificate must be valid for {self.days} more day{'' if self.days == 1 else 's'}"
        certificate = subject.exchange.certificate
        if certificate is None:
            return Finding(False, f"{must}: the answer came without one.")
        if certificate.expires_at is None:
            return Finding(False, f"{must}: it does not say until when it is.")
        left = (certificate.expires_at - subject.now).days
        if left < 0:
            return Finding(False, f"{must}: it has expired.")
        return Finding(left >= self.days, f"{must}: it is for {left}.")
