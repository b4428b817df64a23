"""Why an outcome's verdict is what it is, in a sentence: what pages, API, commands and events say alike."""

from typing import Any

from apiclient.catalogue import Verdict
from apiclient.classify import code_result, time_results, verdict_of
from apiclient.expectation import Expectation
from apiclient.models import Call, Outcome, OutcomeDetail
from apiclient.models.answer import reference_of
from apiclient.reference import Row, documented

WAITS = "It waits for confirmation"
"""So begins what is said of a first failure while a second call is to confirm it."""


def expectation_of(call: Call, rows: tuple[Row, ...] | None = None) -> Expectation:
    """What the call's answers are judged by; ValueError with a sentence where it cannot be read.

    ``rows`` are its reference, looked up where nobody has them at hand.
    """
    rows = reference_of(call) if rows is None else rows
    limits = {"slow_after_ms": call.slow_after_ms, "fail_after_ms": call.fail_after_ms}
    return Expectation.of(call.expected_codes, **limits, checks=call.checks, documented=documented(rows))


def is_waiting(result: dict[str, Any]) -> bool:
    """Whether this result, as it is stored, says that a failure waits for confirmation."""
    return str(result["sentence"]).startswith(WAITS)


def reason(found: Outcome, detail: OutcomeDetail | None = None, rows: tuple[Row, ...] | None = None) -> str:
    """The sentence, from what was judged then where that is kept; ``detail`` where the outcome is not stored.

    ``rows`` are the call's reference, looked up where nobody has them at hand.
    """
    detail = detail or getattr(found, "detail", None)
    if found.reason_missed:
        return f"Nothing was sent: {found.reason_missed.label}."
    if told := _by_results(found, detail) or _by_steps(found, detail):
        return told
    if found.kind_of_failure:
        return f"No usable answer came back: {found.kind_of_failure.label}."
    return _by_expectation(found, rows)


def _by_results(found: Outcome, detail: OutcomeDetail | None) -> str:
    """By the checks that were kept: those that do not hold and made the verdict what it is."""
    results: list[dict[str, Any]] = detail.checks if detail else []
    wrong = [each for each in results if not each["holds"]]
    decisive = wrong if found.judgement is not Verdict.FAILED else [each for each in wrong if not each.get("degrades")]
    waiting = next((each for each in decisive if is_waiting(each)), None)
    if waiting:
        return str(waiting["sentence"])
    if not decisive:
        return f"{results[0]['sentence']} All {len(results)} expectations hold." if results and not wrong else ""
    more = len(decisive) - 1
    more_fail = f" {more} more check{' fails' if more == 1 else 's fail'}." if more else ""
    return f"{decisive[0]['sentence']}{more_fail}"


def _by_steps(found: Outcome, detail: OutcomeDetail | None) -> str:
    """By the first step of a chain that went as wrong as the worst of them."""
    steps: list[dict[str, Any]] = detail.steps if detail else []
    if not steps:
        return ""
    verdicts = [Verdict.from_slug(step["verdict"]) if step["verdict"] else Verdict.PASSED for step in steps]
    worst = max(verdicts)
    if worst < found.judgement:
        return f"All {len(steps)} steps went as expected, but together they took {-(-found.total_us // 1000)} ms."
    if worst is Verdict.PASSED:
        return f"All {len(steps)} steps went as expected."
    place = verdicts.index(worst)
    return f"Step {place + 1}, {steps[place]['name']}: {steps[place]['message'] or worst.label + '.'}"


def _by_expectation(found: Outcome, rows: tuple[Row, ...] | None) -> str:
    """By what the call expects now, where that makes the same of it."""
    try:
        expectation = expectation_of(found.call, rows)
    except ValueError as error:
        return f"The call cannot be judged: {error}"
    code, took = found.status_code or 0, found.total_us
    if verdict_of(found.status_code, took, expectation) is not found.judgement:
        judged = "judged by what the call expected then; its expectation has been changed since"
        return f"{code} in {-(-took // 1000)} ms, {judged}."
    by_code = code_result(code, expectation)
    late = next((each.sentence for each in time_results(took, expectation) if not each.holds), "")
    return late if by_code.holds and late else by_code.sentence
