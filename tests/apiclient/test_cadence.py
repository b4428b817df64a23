from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.cadence import (
    LONGEST_SECONDS,
    Cadence,
    problem_with_cron,
    problem_with_interval,
    problem_with_time_zone,
)
from apiclient.slot import from_ms, to_ms

INTERVALS = st.integers(1, LONGEST_SECONDS)
OFFSETS = st.integers(0, 199).map(lambda number: 2 * number)
CRONS = st.sampled_from(["* * * * *", "*/5 * * * *", "30 3 * * *", "0 9 * * 1-5"])
ZONES = st.sampled_from(["UTC", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe"])
CADENCES = st.builds(Cadence, st.integers(1, 3600), offset_ms=OFFSETS) | st.builds(
    Cadence, st.none(), CRONS, ZONES, OFFSETS
)
NOW = to_ms(datetime(2026, 11, 22, 10, 0, tzinfo=UTC))


@given(INTERVALS, st.integers(1, 4_000_000), st.integers(0, NOW))
def test_an_interval_comes_due_on_one_even_grid_whenever_it_is_asked(seconds: int, call_id: int, after: int) -> None:
    cadence = Cadence(seconds)
    first, second = islice(cadence.slots_after(call_id, after), 2)
    assert after < first <= after + seconds * 1000
    assert second - first == seconds * 1000
    assert first % (seconds * 1000) == cadence.phase_ms(call_id)
    assert first % 2 == 0


@given(INTERVALS, st.integers(1, 10_000), st.integers(0, NOW), st.integers(0, 5_000_000))
def test_counting_agrees_with_listing(seconds: int, call_id: int, first: int, span: int) -> None:
    cadence = Cadence(max(seconds % 3600, 1))
    listed = 0
    for due_ms in cadence.slots_after(call_id, first - 1):
        if due_ms >= first + span:
            break
        listed += 1
    assert cadence.count_between(call_id, first, first + span) == listed


def test_calls_of_one_interval_spread_over_it() -> None:
    tenths = Counter(Cadence(60).phase_ms(call_id) // 6_000 for call_id in range(1, 1001))
    assert len(tenths) == 10
    assert max(tenths.values()) < 115


@given(INTERVALS, st.integers(1, 4_000_000), st.integers(0, NOW), OFFSETS)
def test_an_offset_moves_every_moment_of_an_interval(seconds: int, call_id: int, after: int, offset_ms: int) -> None:
    plain, moved = Cadence(seconds), Cadence(seconds, offset_ms=offset_ms)
    assert moved.next_slot(call_id, after + offset_ms) == (plain.next_slot(call_id, after) or 0) + offset_ms
    assert moved.phase_ms(call_id) == (plain.phase_ms(call_id) + offset_ms) % (seconds * 1000)
    assert moved.phase_ms(call_id) % 2 == 0


@given(CRONS, ZONES, st.integers(0, NOW), OFFSETS)
def test_an_offset_moves_every_moment_of_a_cron_line(cron: str, zone: str, after: int, offset_ms: int) -> None:
    plain = islice(Cadence(None, cron, zone).slots_after(1, after), 5)
    moved = islice(Cadence(None, cron, zone, offset_ms).slots_after(1, after + offset_ms), 5)
    assert [ms + offset_ms for ms in plain] == list(moved)


@given(INTERVALS, st.integers(1, 4_000_000), OFFSETS, OFFSETS)
def test_no_moment_is_one_of_another_offset(seconds: int, call_id: int, one: int, other: int) -> None:
    moment = Cadence(seconds, offset_ms=one).next_slot(call_id, NOW) or 0
    assert Cadence(seconds, offset_ms=other).has(call_id, moment) == (one == other)
    assert not Cadence(seconds, offset_ms=one).has(call_id, moment + 1)  # where a run on demand stands


@given(CADENCES, st.integers(1, 10_000), st.integers(NOW - 10**9, NOW), st.integers(0, 5_000_000))
def test_counting_and_asking_agree_with_listing_whatever_the_offset(
    cadence: Cadence, call_id: int, first: int, span: int
) -> None:
    listed = list(takewhile(lambda ms: ms < first + span, cadence.slots_after(call_id, first - 1)))
    assert cadence.count_between(call_id, first, first + span) == len(listed)
    assert all(cadence.has(call_id, ms) for ms in listed[:3])


@given(CADENCES)
def test_every_cadence_is_read_back_whole(cadence: Cadence) -> None:
    assert Cadence.read(str(cadence)) == cadence
    assert len(str(cadence)) < 200


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("", Cadence(None)),
        ("60", Cadence(60)),
        ("60~4", Cadence(60, offset_ms=4)),
        ("*/5 * * * *|Europe/Kyiv", Cadence(None, "*/5 * * * *", "Europe/Kyiv")),
        ("*/5 * * * *|Etc/GMT+4~398", Cadence(None, "*/5 * * * *", "Etc/GMT+4", 398)),
    ],
)
def test_what_was_written_before_there_were_offsets_is_still_read(text: str, cadence: Cadence) -> None:
    assert Cadence.read(text) == cadence and str(cadence) == text


@pytest.mark.parametrize("cadence", [Cadence(60), Cadence(None, "*/5 * * * *", "Europe/Kyiv"), Cadence(None)])
def test_a_cadence_reads_back_what_it_wrote(cadence: Cadence) -> None:
    again = Cadence.read(str(cadence))
    assert list(islice(again.slots_after(7, NOW), 5)) == list(islice(cadence.slots_after(7, NOW), 5))


def test_without_interval_and_cron_a_call_is_never_due() -> None:
    assert Cadence(None).next_slot(1, NOW) is None


def local_times(cadence: Cadence, after: datetime, many: int) -> list[str]:
    moments = islice(cadence.slots_after(1, to_ms(after)), many)
    return [f"{from_ms(ms):%d %H:%M}" for ms in moments]


@pytest.mark.parametrize(
    ("zone", "cron", "after", "utc"),
    [
        # 29 March 2026 at 03:00 Kyiv's clocks go to 04:00: half past three does not exist that day and runs at once.
        ("Europe/Kyiv", "30 3 * * *", datetime(2026, 3, 28, 2, tzinfo=UTC), ["29 01:00", "30 00:30"]),
        # 25 October 2026 at 04:00 back to 03:00: half past three comes twice and is due once.
        ("Europe/Kyiv", "30 3 * * *", datetime(2026, 10, 24, 2, tzinfo=UTC), ["25 00:30", "26 01:30"]),
        ("America/New_York", "30 1 * * *", datetime(2026, 10, 31, 12, tzinfo=UTC), ["01 05:30", "02 06:30"]),
        ("America/New_York", "30 2 * * *", datetime(2026, 3, 7, 12, tzinfo=UTC), ["08 07:00", "09 06:30"]),
        # Lord Howe moves by half an hour only.
        ("Australia/Lord_Howe", "45 1 * * *", datetime(2026, 4, 4, 0, tzinfo=UTC), ["04 14:45", "05 15:15"]),
        ("Australia/Lord_Howe", "15 2 * * *", datetime(2026, 10, 2, 20, tzinfo=UTC), ["03 15:30", "04 15:15"]),
    ],
)
def test_cron_neither_doubles_nor_drops_a_slot_when_clocks_change(
    zone: str, cron: str, after: datetime, utc: list[str]
) -> None:
    assert local_times(Cadence(None, cron, zone), after, 2) == utc


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe"])
def test_an_hourly_cron_has_every_hour_of_a_year_once(zone: str) -> None:
    start = to_ms(datetime(2026, 1, 1, tzinfo=UTC))
    moments = list(islice(Cadence(None, "*/30 * * * *", zone).slots_after(1, start), 17_519))
    steps = Counter(later - earlier for earlier, later in pairwise(moments))
    assert set(steps) == {timedelta(minutes=30) // timedelta(milliseconds=1)}


@pytest.mark.parametrize("seconds", [0, -1, LONGEST_SECONDS + 1])
def test_an_interval_outside_the_bounds_is_refused_with_the_bounds(seconds: int) -> None:
    assert "1 to 2592000" in (problem_with_interval(seconds) or "")


@pytest.mark.parametrize("expression", ["* * * * * *", "* * * *", "61 * * * *", "a b c d e", "0 0 31 2 *", ""])
def test_a_cron_line_that_cannot_be_is_refused(expression: str) -> None:
    assert problem_with_cron(expression)


@pytest.mark.parametrize("expression", ["*/5 * * * *", "@hourly", "0 9 * * 1-5", "0 0 29 2 *"])
def test_a_cron_line_that_can_be_is_accepted(expression: str) -> None:
    assert problem_with_cron(expression) is None


def test_an_unknown_time_zone_is_named() -> None:
    assert "Mars/Base" in (problem_with_time_zone("Mars/Base") or "")
    assert problem_with_time_zone("Australia/Lord_Howe") is None
