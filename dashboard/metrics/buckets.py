"""From our log buckets to those of Prometheus, which count what is at most a limit. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from apiclient.histogram import Histogram, middle


def cumulative(hist: Histogram, limits_us: Sequence[float]) -> list[int]:
    """How many durations are at most each limit (ascending, microseconds), a bucket counted at its middle."""
    counts = [0] * (len(limits_us) + 1)
    for number, times in hist.items():
        counts[bisect_left(limits_us, middle(number))] += times
    return list(accumulate(counts))[:-1]


def total_us(hist: Histogram) -> float:
    """All durations added up, each counted at its bucket's middle."""
    return sum(middle(number) * times for number, times in hist.items())
