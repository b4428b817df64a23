"""Where the answer points: its Location, or that of the last redirect that was followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apiclient.check.finding import Finding
from apiclient.check.subject import Subject
from apiclient.check.word import compared, read_comparison
from apiclient.comparison import Comparison
from apiclient.http.redact import redact_url


@dataclass(frozen=True, slots=True)
class Location:
    """``{"kind": "location", "is": "lacks", "value": "error=1"}``"""

    MEMBERS: ClassVar = ("is", "value")
    reads_body: ClassVar = False
    comparison: Comparison

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Location":
        return cls(read_comparison(given))

    def judge(self, subject: Subject) -> Finding:
        exchange = subject.exchange
        found = exchange.header("Location") or (exchange.redirects[-1].location if exchange.redirects else "")
        return compared("Its Location", self.comparison, [found] if found else [], subject, redact_url(found))
