"""Exchange + expectation -> class, category, verdict. Pure and total: every code and every failure has an answer."""

from dataclasses import dataclass

from apiclient.catalogue import Category, CodeClass, Verdict, category_of, class_of
from apiclient.expectation import Expectation

# Looking a member up on its class costs Python 3.11 more than all else here does.
PASSED, DEGRADED, FAILED = Verdict


@dataclass(frozen=True, slots=True)
class Classification:
    """What an answer is (``code_class``, ``category``) and whether it is what was wanted (``verdict``)."""

    code_class: CodeClass
    category: Category
    verdict: Verdict


def classify(status_code: int | None, total_us: int, expectation: Expectation) -> Classification:
    """Judge one answer; ``status_code`` None means that none came back whole."""
    return Classification(
        class_of(status_code), category_of(status_code), verdict_of(status_code, total_us, expectation)
    )


def verdict_of(status_code: int | None, total_us: int, expectation: Expectation) -> Verdict:
    """The verdict alone, which is what is stored: class and category follow from the code."""
    if status_code is None or status_code not in expectation.codes:
        return FAILED
    late = expectation.slow_after_ms is not None and total_us > expectation.slow_after_ms * 1000
    return DEGRADED if late else PASSED
