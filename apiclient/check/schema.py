"""A JSON Schema for the body: draft 4 to 2020-12, nothing fetched, patterns by a linear engine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import jsonschema_rs

from apiclient.check.finding import Finding, Wrong
from apiclient.check.subject import DEEPEST, Subject, Unreadable
from apiclient.growth import LEVELS, looks

LARGEST = 64 << 10
MOST_LOOKS = 20_000_000
"""At one document: a second or two."""
PATTERNS = jsonschema_rs.RegexOptions(size_limit=1 << 20, dfa_size_limit=1 << 20)
SHOWN = 500
LONGEST_PLACE = 100
MUST = "The body must fit its JSON Schema"


@dataclass(frozen=True, slots=True)
class Schema:
    """``{"kind": "schema", "schema": {"type": "object", "required": ["id"]}}``"""

    MEMBERS: ClassVar = ("schema",)
    reads_body: ClassVar = True
    validator: Any
    looks: tuple[int, ...]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Schema":
        schema = given.get("schema")
        if not isinstance(schema, dict):
            raise Wrong('Give a JSON Schema, such as {"type": "object", "required": ["id"]}.', "schema")
        try:
            return cls(*_compiled(json.dumps(schema)))
        except RecursionError:
            raise Wrong(f"The schema is nested deeper than {DEEPEST} levels.", "schema") from None
        except ValueError as error:
            raise Wrong(str(error), "schema") from None

    def judge(self, subject: Subject) -> Finding:
        try:
            document = subject.document
        except Unreadable as error:
            return Finding(False, f"{MUST}, and could not be looked at: {error}")
        if subject.depth > LEVELS:
            return Finding(False, f"{MUST}, and is nested deeper than {LEVELS} levels.")
        values = sum(map(subject.text.count, ",[{")) + 1
        if values * self.looks[subject.depth] > MOST_LOOKS:
            return Finding(False, f"{MUST}: looking at all of it would take too long. Use a simpler one.")
        wrong = next(iter(self.validator.iter_errors(document)), None)
        if wrong is None:
            return Finding(True, f"{MUST}.")
        place = "/".join(map(str, wrong.instance_path))[:LONGEST_PLACE]
        return Finding(False, f"{MUST}: {f'at /{place}: ' if place else ''}{wrong.message[:SHOWN]}.")


@lru_cache(maxsize=128)
def _compiled(text: str) -> tuple[Any, tuple[int, ...]]:
    """The validator of a schema and how often it looks at a place; ValueError with a sentence when it is none."""
    if len(text) > LARGEST:
        raise ValueError(f"A schema of {len(text)} characters: at most {LARGEST} are allowed.")
    schema = json.loads(text)
    if text.count("{") + text.count("[") > DEEPEST and _depth(schema) > DEEPEST:
        raise ValueError(f"The schema is nested deeper than {DEEPEST} levels.")
    growth = tuple(looks(schema))
    if growth[3] > MOST_LOOKS // 1000:
        raise ValueError("The schema looks at the same place too often: too many anyOf, allOf or $ref in one another.")
    try:
        return jsonschema_rs.validator_for(schema, retriever=_refuse, pattern_options=PATTERNS), growth
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        said = str(error).partition("\n")[0][:200].rstrip(".")
        raise ValueError(f"This is no JSON Schema that can be used: {said}.") from None


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0


def _refuse(address: str) -> Any:
    raise ValueError(f"nothing is fetched, not even {address[:80]}")
