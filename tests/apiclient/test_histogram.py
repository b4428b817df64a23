from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient.histogram import (
    LAST_BUCKET,
    Histogram,
    add,
    add_up,
    bucket,
    count,
    decode,
    encode,
    merge,
    middle,
    quantile,
    spread,
)

DURATIONS = st.lists(st.integers(0, 40_000_000), max_size=200)
HISTOGRAMS = st.dictionaries(st.integers(0, LAST_BUCKET), st.integers(1, 2**62), max_size=100)
QUANTILES = st.floats(0, 1) | st.sampled_from([0.0, 0.07, 0.5, 0.95, 0.99, 1.0])


def histogram_of(durations: list[int]) -> Histogram:
    hist: Histogram = {}
    for us in durations:
        add(hist, us)
    return hist


@pytest.mark.parametrize(
    ("us", "number"), [(-5, 0), (0, 0), (1, 1), (2, 17), (4, 33), (1_000_000, 319), (2**62, 993), (2**200, LAST_BUCKET)]
)
def test_the_bucket_of_a_duration(us: int, number: int) -> None:
    assert bucket(us) == number


@given(st.integers(0, 2**62))
def test_a_bucket_is_at_most_two_point_two_percent_off(us: int) -> None:
    assert abs(middle(bucket(us)) - us) <= 0.022 * us


@given(st.integers(0, 2**62), st.integers(0, 2**62))
def test_a_longer_duration_is_never_in_a_lower_bucket(us: int, more: int) -> None:
    assert bucket(us) <= bucket(us + more)


@given(HISTOGRAMS)
def test_what_is_encoded_comes_back(hist: Histogram) -> None:
    assert decode(encode(hist)) == hist


def test_equal_histograms_have_equal_bytes() -> None:
    assert encode({300: 2, 5: 1}) == encode({5: 1, 7: 0, 300: 2}) == bytes([4, 5, 0, 0x27, 1, 1, 2])
    assert encode({300: 256, 299: 1}) == bytes([1, 0x2B, 1, 1, 1, 0, 0, 1])
    assert encode({}) == b"" and decode(b"") == {}


def test_a_thousand_durations_of_one_call_take_few_bytes() -> None:
    assert len(encode(histogram_of([20_000 + 37 * n for n in range(1000)]))) <= 60


@pytest.mark.parametrize("hist", [{-1: 1}, {LAST_BUCKET + 1: 1}, {3: -1}])
def test_what_no_histogram_holds_is_not_encoded(hist: Histogram) -> None:
    with pytest.raises(ValueError, match=r"0\.\.1024"):
        encode(hist)


@pytest.mark.parametrize(
    "data",
    [b"\x05", b"\x80", b"\x05\x00", b"\x05\x81\x00", b"\xff\xff\x03\x01", b"\xff" * 20, b"garbage", b"\x05\x01\x80"],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="histogram: "):
        decode(data)


@given(st.binary(max_size=64))
def test_bytes_are_refused_or_written_the_same_again(data: bytes) -> None:
    try:
        hist = decode(data)
    except ValueError:
        return
    assert encode(hist) == data


@given(DURATIONS, DURATIONS, DURATIONS)
def test_merging_is_counting_everything_at_once(one: list[int], two: list[int], three: list[int]) -> None:
    parts = [histogram_of(durations) for durations in (one, two, three)]
    assert merge(*parts) == histogram_of(one + two + three)
    assert count(merge(*parts)) == len(one + two + three)


@given(st.lists(HISTOGRAMS.filter(lambda hist: sum(hist.values()) < 2**62), max_size=5))
def test_stored_histograms_add_up_as_they_are(hists: list[Histogram]) -> None:
    assert add_up(map(encode, hists)) == merge(*hists)


def test_merging_leaves_its_parts_alone() -> None:
    one, two = {1: 1}, {1: 2}
    assert merge(one, two) == {1: 3} and (one, two) == ({1: 1}, {1: 2}) and merge() == {}


@given(st.lists(DURATIONS, min_size=1, max_size=9), st.randoms())
def test_what_is_spread_among_others_is_all_of_it_and_no_more_than_each_has(lists: list[list[int]], random) -> None:
    among = {number: histogram_of(durations) for number, durations in enumerate(lists)}
    everything = [duration for durations in lists for duration in durations]
    hist = histogram_of(random.sample(everything, len(everything) // 2))
    parts = spread(hist, among)
    assert merge(*parts.values()) == hist
    assert all(times <= among[key][number] for key, part in parts.items() for number, times in part.items())


def test_what_is_spread_is_spread_evenly() -> None:
    assert spread({5: 7}, {"a": {5: 9}, "b": {5: 1}, "c": {5: 9}, "d": {4: 9}}) == {
        "a": {5: 3},
        "b": {5: 1},
        "c": {5: 3},
        "d": {},
    }


@given(DURATIONS.filter(bool), QUANTILES)
def test_a_quantile_is_at_most_two_point_two_percent_off(durations: list[int], q: float) -> None:
    exact = sorted(durations)[max(1, ceil(round(q * len(durations), 6))) - 1]
    answer = quantile(histogram_of(durations), q)
    assert answer is not None and abs(answer - exact) <= 0.022 * exact


@given(HISTOGRAMS.filter(bool), QUANTILES, QUANTILES)
def test_a_higher_quantile_is_never_lower(hist: Histogram, q: float, other: float) -> None:
    low, high = quantile(hist, min(q, other)), quantile(hist, max(q, other))
    assert low is not None and high is not None and low <= high


def test_a_quantile_is_the_value_at_its_rank() -> None:
    hist = {number: 1 for number in range(1, 101)}
    assert [quantile(hist, q) for q in (0, 0.07, 0.5, 0.99, 1)] == [middle(rank) for rank in (1, 7, 50, 99, 100)]


def test_nothing_counted_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None and count({}) == 0


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_a_quantile_outside_zero_to_one_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match=r"q: .* is not between 0 and 1"):
        quantile({1: 1}, q)
