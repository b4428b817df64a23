"""The text of the body, white space at its ends left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apiclient.check.finding import Finding
from apiclient.check.subject import Subject
from apiclient.check.word import read_comparison
from apiclient.comparison import Comparison

FOUND = ("contains", "matches", "present")
"""What is known of the whole once it is found in a part."""


@dataclass(frozen=True, slots=True)
class Body:
    """``{"kind": "body", "is": "contains", "value": "ready"}``"""

    MEMBERS: ClassVar = ("is", "value")
    reads_body: ClassVar = True
    comparison: Comparison

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Body":
        return cls(read_comparison(given))

    def judge(self, subject: Subject) -> Finding:
        text, comparison = subject.text.strip(), self.comparison
        must = f"The body must {comparison.phrase}"
        if not text and not subject.cut:
            holds = comparison.is_negative
            return Finding(holds, f"{must}: it is empty." if not holds else f"{must}.")
        holds = comparison.holds(text, subject.now)
        if subject.cut and not holds and comparison.is_negative:
            return Finding(False, f"{must}: it does.{subject.cut}")
        if subject.cut and not (holds and comparison.word in FOUND):
            return Finding(False, f"{must}: that cannot be known.{subject.cut}")
        return Finding(holds, f"{must}." if holds else f"{must}: it does not.")
