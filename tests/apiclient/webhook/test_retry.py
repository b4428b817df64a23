"""The retry schedule, with the clock and chance given."""

from datetime import UTC, datetime

import pytest

from apiclient.webhook.retry import HOUR_MS, LAST_MS, next_attempt, read_retry_after

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def pauses(chance=0.5, asked_ms=0):
    """Each pause until it is given up, in seconds; attempts take no time."""
    now, attempts, found = 0, 1, []
    while (following := next_attempt(attempts, 0, now, asked_ms, chance)) is not None:
        found.append((following - now) / 1000)
        now, attempts = following, attempts + 1
    return found


def test_pauses_grow_and_end_within_three_days():
    usual = pauses()
    assert usual[:6] == [5, 30, 120, 600, 3600, 21600]
    assert set(usual[6:]) == {21600}
    assert sum(usual) <= LAST_MS / 1000 < sum(usual) + 21600


def test_chance_spreads_them_by_a_fifth():
    assert pauses(0)[:3] == [4, 24, 96]
    assert pauses(1)[:3] == [6, 36, 144]


def test_what_the_receiver_asks_for_is_granted_within_bounds():
    assert next_attempt(1, 0, 0, 60_000, 0.5) == 60_000
    assert next_attempt(1, 0, 0, 1, 0.5) == 5_000
    assert next_attempt(1, 0, 0, 10**12, 0.5) == 6 * HOUR_MS


def test_nothing_is_tried_after_three_days():
    assert next_attempt(1, 0, LAST_MS - 5_000, 0, 0.5) == LAST_MS
    assert next_attempt(1, 0, LAST_MS - 4_999, 0, 0.5) is None


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("120", 120_000),
        ("0", 0),
        ("Wed, 04 Mar 2026 12:01:00 GMT", 60_000),
        ("Wed, 04 Mar 2026 11:01:00 GMT", 0),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("²", 0),
        ("9" * 5000, 999_999_999_000),
        ("Wed, 04 Mar 99999 12:01:00 GMT", 0),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(text, ms):
    assert read_retry_after(text, NOW) == ms
