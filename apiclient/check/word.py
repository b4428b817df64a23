"""``is`` and ``value``: what most kinds of check have in common."""

from collections.abc import Mapping, Sequence
from typing import Any

from apiclient.check.finding import Finding, Wrong
from apiclient.check.subject import Subject
from apiclient.comparison import WORDS, Comparison, comparison_of, shown


def read_comparison(given: Mapping[str, Any]) -> Comparison:
    """Of a check's members; Wrong names the one that is meant."""
    try:
        return comparison_of(given.get("is"), given.get("value"))
    except ValueError as error:
        raise Wrong(str(error), "value" if given.get("is") in list(WORDS) else "is") from None


def compared(
    name: str, comparison: Comparison, found: Sequence[Any], subject: Subject, masked: str | None = None
) -> Finding:
    """Every value found is as wanted; ``masked`` is shown instead of it."""
    must = f"{name} must {comparison.phrase}"
    if not found:
        holds = comparison.is_negative
        return Finding(holds, f"{must}{'.' if holds else ', and is not there.'}")
    wrong = next((nth for nth, each in enumerate(found) if not comparison.holds(each, subject.now)), None)
    value = shown((found[wrong or 0]) if masked is None else masked)
    if wrong is None:
        return Finding(True, f"{must}: {_it_is(len(found), value)}.")
    of_many = f"number {wrong + 1} of {len(found)} is" if len(found) > 1 else "it is"
    return Finding(False, f"{must}: {of_many} {value}.")


def _it_is(many: int, value: str) -> str:
    return f"it is {value}" if many == 1 else f"all {many} are as they must be"
