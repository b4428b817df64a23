"""What was missed lately, and why: for the pages, the metrics and the doctor."""

from collections import Counter
from dataclasses import dataclass

from apiclient.catalogue import MissedBecause
from apiclient.models import Outcome
from apiclient.slot import first_slot

LATELY_MS = 600_000
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Missed:
    """How many slots were missed for one reason; ``is_least`` says that older ones were not looked at."""

    reason: MissedBecause
    count: int
    is_least: bool


def missed_lately(now_ms: int, services: frozenset[int] | None = None, span_ms: int = LATELY_MS) -> list[Missed]:
    """What was missed in the last ``span_ms``, the most frequent reason first; of these services alone if given.

    Reads a partial index that holds nothing else, so it costs nothing while all is well, and at most so many rows.
    """
    rows = Outcome.objects.filter(missed_because__isnull=False, id__gte=first_slot(now_ms - span_ms))
    if services is not None:
        rows = rows.filter(call__service__in=services)
    reasons = Counter(rows.order_by("-id").values_list("missed_because", flat=True)[:MOST_COUNTED])
    is_least = reasons.total() == MOST_COUNTED
    return [Missed(MissedBecause(reason or 0), count, is_least) for reason, count in reasons.most_common()]
