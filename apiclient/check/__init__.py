"""Checks: what else an answer must be besides its code and in time. One file per kind. Pure; judging is total.

``checks_of`` reads what a call holds, ``problem_with_checks`` says what is wrong with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from apiclient.check.body import Body
from apiclient.check.certificate import Certificate
from apiclient.check.finding import Finding, Result, Wrong
from apiclient.check.header import Header
from apiclient.check.location import Location
from apiclient.check.schema import Schema
from apiclient.check.subject import Subject
from apiclient.check.value import Value
from apiclient.codes import parse_codes

__all__ = ["KINDS", "Check", "Finding", "Result", "Subject", "Wrong", "checks_of", "problem_with_checks"]

MOST = 20
COMMON = ("kind", "codes", "degrades")


class Rule(Protocol):
    """One kind of check, read from its members; ``judge`` raises on no answer."""

    MEMBERS: ClassVar[tuple[str, ...]]
    reads_body: ClassVar[bool]

    def judge(self, subject: Subject) -> Finding: ...


KINDS: dict[str, Any] = {
    "header": Header,
    "body": Body,
    "json": Value,
    "schema": Schema,
    "location": Location,
    "certificate": Certificate,
}


@dataclass(frozen=True, slots=True)
class Check:
    """A rule, judged for ``codes`` only where some are named; where it ``degrades``, it does not fail an answer."""

    rule: Rule
    codes: frozenset[int] | None = None
    degrades: bool = False

    def applies_to(self, code: int) -> bool:
        return self.codes is None or code in self.codes

    def judge(self, subject: Subject) -> Result:
        finding = self.rule.judge(subject)
        return Result(finding.sentence, finding.holds, self.degrades)


def checks_of(given: object) -> tuple[Check, ...]:
    """The checks that a call's JSON names, in order; Wrong with a sentence and the way to what is meant."""
    if not isinstance(given, list | tuple):
        raise Wrong("Use a list of checks.")
    if len(given) > MOST:
        raise Wrong(f"{len(given)} checks: at most {MOST} are allowed.")
    found = []
    for index, each in enumerate(given):
        try:
            found.append(_check(each))
        except Wrong as error:
            raise Wrong(str(error), index, *error.where) from None
    return tuple(found)


def problem_with_checks(given: object, field: str = "checks") -> str | None:
    """What is wrong with them, naming the place: ``checks[1].path: ...``; None when nothing is."""
    try:
        checks_of(given)
    except Wrong as error:
        return f"{field}{error.place}: {error}" if error.where else str(error)
    return None


def _check(given: object) -> Check:
    if not isinstance(given, Mapping):
        raise Wrong('Use an object, such as {"kind": "body", "is": "contains", "value": "ready"}.')
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Wrong(f"{str(kind)[:40]!r} is not one of {', '.join(KINDS)}.", "kind")
    rule = KINDS[kind]
    for member in given:
        if member not in (*COMMON, *rule.MEMBERS):
            raise Wrong(f"A check of this kind has {', '.join((*rule.MEMBERS, *COMMON[1:]))}.", str(member)[:40])
    degrades = given.get("degrades", False)
    if not isinstance(degrades, bool):
        raise Wrong("Use true or false.", "degrades")
    return Check(rule.of(given), _codes(given.get("codes", "")), degrades)


def _codes(given: object) -> frozenset[int] | None:
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str) or len(given) > 200:
        raise Wrong("Use codes, ranges and classes separated by commas, such as 2xx, 401, 500-504.", "codes")
    try:
        return parse_codes(given) if given.strip() else None
    except ValueError as error:
        raise Wrong(str(error), "codes") from None
