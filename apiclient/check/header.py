"""A header of the answer; several of one name are one, joined by commas."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apiclient.check.finding import Finding, Wrong
from apiclient.check.subject import Subject
from apiclient.check.word import compared, read_comparison
from apiclient.comparison import Comparison
from apiclient.http.redact import redact_headers

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")


@dataclass(frozen=True, slots=True)
class Header:
    """``{"kind": "header", "name": "Content-Type", "is": "contains", "value": "json"}``"""

    MEMBERS: ClassVar = ("name", "is", "value")
    reads_body: ClassVar = False
    name: str
    comparison: Comparison

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Header":
        name = given.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise Wrong("Name a header, such as Content-Type.", "name")
        return cls(name, read_comparison(given))

    def judge(self, subject: Subject) -> Finding:
        wanted = self.name.lower()
        found = [value for name, value in subject.exchange.headers if name.lower() == wanted]
        masked = redact_headers(((self.name, ", ".join(found)),))[0][1]
        return compared(
            f"The header {self.name}", self.comparison, [", ".join(found)] if found else [], subject, masked
        )
