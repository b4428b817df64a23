"""Log buckets become cumulative counts below fixed limits."""

import pytest

from apiclient.histogram import Histogram, add
from dashboard.metrics.buckets import cumulative, total_us


def histogram_of(*durations: int) -> Histogram:
    hist: Histogram = {}
    for us in durations:
        add(hist, us)
    return hist


def test_how_many_are_at_most_each_limit():
    hist = histogram_of(0, 900, 5_000, 5_000, 2_000_000)
    assert cumulative(hist, [1, 1_000, 10_000, 1_000_000]) == [1, 2, 4, 4]
    assert cumulative({}, [1, 2]) == [0, 0]


def test_all_durations_add_up_to_within_the_width_of_a_bucket():
    assert total_us(histogram_of(0, 10_000, 30_000, 60_000)) == pytest.approx(100_000, rel=0.022)
