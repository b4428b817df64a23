"""Values of a JSON body, found by a JSONPath: every one that is found must be as wanted, and one at least is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apiclient import jsonpath
from apiclient.check.finding import Finding, Wrong
from apiclient.check.subject import Subject, Unreadable
from apiclient.check.word import compared, read_comparison
from apiclient.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Value:
    """``{"kind": "json", "path": "$.items[*].state", "is": "differs", "value": "failed"}``"""

    MEMBERS: ClassVar = ("path", "is", "value")
    reads_body: ClassVar = True
    path: jsonpath.Path
    comparison: Comparison

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Value":
        path = given.get("path")
        if not isinstance(path, str):
            raise Wrong("Give a JSONPath, such as $.items[0].state.", "path")
        try:
            return cls(jsonpath.compile(path), read_comparison(given))
        except Wrong:
            raise
        except ValueError as error:
            raise Wrong(str(error), "path") from None

    def judge(self, subject: Subject) -> Finding:
        name = f"The JSON value at {self.path.text}"
        try:
            found = self.path.values(subject.document)
        except (Unreadable, jsonpath.TooMuch) as error:
            return Finding(False, f"{name} must {self.comparison.phrase}, and could not be looked for: {error}")
        return compared(name, self.comparison, found, subject)
