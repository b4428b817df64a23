"""Exchange + expectation -> class, category, verdict. Pure and total: every code and every failure has an answer."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from apiclient.catalogue import Category, CodeClass, Verdict, category_of, class_of
from apiclient.check import Check, Result, Subject
from apiclient.expectation import ANY_SUCCESS, Expectation
from apiclient.http import Exchange

log = logging.getLogger(__name__)

# Looking a member up on its class costs Python 3.11 more than all else here does.
PASSED, DEGRADED, FAILED = Verdict
REFUSALS = frozenset({401, 403, 407})
"""What a door answers that is shut."""
ERRORS = frozenset(range(400, 600))
IN_TIME = "It must answer within"
PATIENCE_S = 5.0
"""No further check is begun after that: the answers of other calls wait to be judged too."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What an answer is (``code_class``, ``category``) and whether it is what was wanted (``verdict``)."""

    code_class: CodeClass
    category: Category
    verdict: Verdict


class Judgement(NamedTuple):
    """The verdict, and what it came from: first the code, then the times, then each check in its order.

    No results where no answer came back whole: the failure says why.
    """

    verdict: Verdict
    results: tuple[Result, ...] = ()


def classify(status_code: int | None, total_us: int, expectation: Expectation) -> Classification:
    """Judge one answer; ``status_code`` None means that none came back whole."""
    return Classification(
        class_of(status_code), category_of(status_code), verdict_of(status_code, total_us, expectation)
    )


def verdict_of(status_code: int | None, total_us: int, expectation: Expectation) -> Verdict:
    """The verdict by code and times alone, the fast path: class and category follow from the code."""
    if status_code is None or status_code not in expectation.codes:
        return FAILED
    if expectation.fail_after_ms is not None and total_us > expectation.fail_after_ms * 1000:
        return FAILED
    late = expectation.slow_after_ms is not None and total_us > expectation.slow_after_ms * 1000
    return DEGRADED if late else PASSED


def judge(exchange: Exchange, expectation: Expectation, now: datetime | None = None) -> Judgement:
    """Judge an answer by all that is expected of it; ``now`` is the moment for dates in it. Raises on no answer."""
    if exchange.status_code is None:
        return Judgement(FAILED)
    results = (
        code_result(exchange.status_code, expectation),
        *time_results(exchange.phases.total, expectation),
        *_check_results(exchange, expectation, now or datetime.now(UTC)),
    )
    return Judgement(worst_of(results), results)


def worst_of(results: tuple[Result, ...]) -> Verdict:
    """The verdict that results come to."""
    wrong = [result.degrades for result in results if not result.holds]
    if not wrong:
        return PASSED
    return DEGRADED if all(wrong) else FAILED


def code_result(code: int, expectation: Expectation) -> Result:
    """Whether the code is an expected one, in a sentence."""
    holds, written = code in expectation.codes, expectation.written or ANY_SUCCESS
    is_error = expectation.is_documented_error(code)
    if is_error is not None:
        return Result(f"{code} is documented as {'an error' if is_error else 'a success'}.", holds)
    if holds:
        return Result(f"{code} is among the codes that this call expects ({written}).", True)
    if expectation.codes <= ERRORS and code not in ERRORS:
        return Result(_not_refused(code, expectation.codes, written), False)
    return Result(f"{code} is not among the codes that this call expects ({written}).", False)


def _not_refused(code: int, codes: frozenset[int], written: str) -> str:
    """An error was wanted, and none came."""
    if not codes & REFUSALS:
        return f"It must answer with an error ({written}) and answered {code}."
    told = f"It must refuse with {written} and answered {code}"
    return f"{told}: the door is open." if 200 <= code < 300 else f"{told}."


def time_results(total_us: int, expectation: Expectation) -> Iterator[Result]:
    """Whether it answered in time, for each limit that there is: to fail, to degrade."""
    limits = ((expectation.fail_after_ms, False), (expectation.slow_after_ms, True))
    for limit_ms, degrades in limits:
        if limit_ms is not None:
            sentence = f"{IN_TIME} {limit_ms} ms: it took {-(-total_us // 1000)} ms."
            yield Result(sentence, total_us <= limit_ms * 1000, degrades)


def _check_results(exchange: Exchange, expectation: Expectation, now: datetime) -> Iterator[Result]:
    subject, end = Subject(exchange, now), time.monotonic() + PATIENCE_S
    for nth, check in enumerate(expectation.checks, 1):
        if not check.applies_to(exchange.status_code or 0):
            continue
        if time.monotonic() > end:
            yield Result(f"Check {nth} was not judged: those before it took too long.", False, check.degrades)
        else:
            yield _judged(check, nth, subject)


def _judged(check: Check, nth: int, subject: Subject) -> Result:
    try:
        return check.judge(subject)
    except Exception:  # whatever an answer makes of a library: one call's check must not stop the others
        log.exception("Check %d could not be judged", nth)
        return Result(f"Check {nth} could not be judged: a fault in Answerback; its log says more.", False)
