"""Where answers came from: services and calls with their counts, the most first."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from apiclient.models import Call
from apiclient.report import Cell

MOST_CALLS = 15
MOST_ANSWERS = 3
Answer = tuple[int | None, int | None]
"""A status code, or else a failure."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A call and how many of all answers came from it.

    ``answers`` counts each (status_code, failure), the most frequent ones; ``more`` is how many others there are.
    """

    call: Call
    count: int
    share: float
    answers: list[tuple[Answer, int]]
    more: int


def origins(cells: Iterable[Cell], most: int = MOST_CALLS) -> tuple[list[Origin], int]:
    """The calls that ``cells``, whose subjects they are, count most of, and how many further calls there are.

    Calls that have been deleted meanwhile are left out.
    """
    answers: defaultdict[int | None, defaultdict[Answer, int]] = defaultdict(lambda: defaultdict(int))
    for _, subject, status_code, failure, _, number, _ in cells:
        answers[subject][status_code, failure] += number
    counts = Counter({subject: sum(found.values()) for subject, found in answers.items()})
    total, leading = counts.total(), counts.most_common(most)
    calls = Call.objects.select_related("service").in_bulk([pk for pk, _ in leading if pk is not None])
    found = [
        Origin(
            calls[pk],
            number,
            number / total,
            Counter(answers[pk]).most_common(MOST_ANSWERS),
            len(answers[pk]) - MOST_ANSWERS,
        )
        for pk, number in leading
        if pk is not None and pk in calls
    ]
    return found, max(0, len(counts) - most)
