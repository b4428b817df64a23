from datetime import UTC, datetime, timedelta

import pytest

from dashboard.charts.axis import MOST_TIME_TICKS, nice_ticks, short_count, short_ms, span_label, time_ticks

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("most", [1, 2, 3, 7, 10, 99, 100, 101, 12_345, 999_999_999])
def test_ticks_of_counts_are_few_whole_numbers_that_reach_the_highest(most: int) -> None:
    ticks = nice_ticks(most)
    assert ticks[0] == 0 and ticks[-1] >= most
    assert 2 <= len(ticks) <= 6
    assert all(tick == int(tick) for tick in ticks)


def test_an_axis_of_nothing_still_has_two_ticks() -> None:
    assert nice_ticks(0) == [0, 1]


def test_ticks_of_measurements_may_be_fractions() -> None:
    assert nice_ticks(0.4, whole=False)[1] == pytest.approx(0.1)


@pytest.mark.parametrize("hours", [0.1, 1, 3, 24, 25, 24 * 7, 24 * 30, 24 * 366, 24 * 3650])
def test_time_ticks_are_few_and_inside(hours: float) -> None:
    ticks = time_ticks(NOON, NOON + timedelta(hours=hours))
    assert 1 <= len(ticks) <= MOST_TIME_TICKS + 2
    assert all(0 <= tick.at <= 100 for tick in ticks)


def test_midnight_says_the_day() -> None:
    labels = [tick.label for tick in time_ticks(NOON, NOON + timedelta(hours=24))]
    assert "23 Nov" in labels and "15:00" in labels


def test_short_spans_name_one_day_and_long_ones_both() -> None:
    assert span_label(NOON, NOON + timedelta(minutes=10)) == "Sun 22 Nov 12:00–12:10 UTC"
    assert span_label(NOON, NOON + timedelta(days=2)) == "Sun 22 Nov 12:00 – Tue 24 Nov 12:00 UTC"


def test_axis_labels_are_short() -> None:
    assert [short_count(value) for value in (0, 950, 1200, 3_000_000)] == ["0", "950", "1.2k", "3M"]
    assert [short_ms(value) for value in (0, 250, 1500)] == ["0 ms", "250 ms", "1.5 s"]
