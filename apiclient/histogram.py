"""Latency as a sparse histogram of log buckets that add up across rows. Pure.

Bucket 0 holds 0 us; bucket b > 0 holds 2^((b-1)/16) up to 2^(b/16) us, so that its geometric middle is at most
2.2 % from any value in it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, islice, pairwise
from math import ceil, log2
from struct import Struct, error, pack
from typing import TypeVar

Histogram = dict[int, int]  # bucket -> how many, never 0
K = TypeVar("K", bound=Hashable)

BUCKETS_PER_DOUBLING = 16
LAST_BUCKET = 64 * BUCKETS_PER_DOUBLING
REMEMBERED = 48
"""Stored histograms in one remembered sum: few enough that only those with something new in it are made again."""
NOTHING: Histogram = {}
COUNT = "BHIQ"
"""Widths of a stored count: 1, 2, 4, 8 bytes."""


def bucket(us: int) -> int:
    """The bucket of a duration in microseconds, 0..1024; what is below 1 us counts as 0."""
    return 0 if us < 1 else min(1 + int(BUCKETS_PER_DOUBLING * log2(us)), LAST_BUCKET)


def middle(number: int) -> float:
    """The geometric middle of a bucket in microseconds."""
    return 2.0 ** ((number - 0.5) / BUCKETS_PER_DOUBLING) if number else 0.0


def add(hist: Histogram, us: int) -> None:
    """Count one duration in microseconds, in place."""
    number = bucket(us)
    hist[number] = hist.get(number, 0) + 1


def merge(*hists: Histogram) -> Histogram:
    """A new histogram of everything that those given have counted."""
    total: Histogram = {}
    for hist in hists:
        for number, times in hist.items():
            total[number] = total.get(number, 0) + times
    return total


def count(hist: Histogram) -> int:
    """How many durations it has counted."""
    return sum(hist.values())


def quantile(hist: Histogram, q: float) -> float | None:
    """The duration in microseconds at rank ceil(q * n), the lowest being rank 1; None when nothing was counted.

    It is answered as its bucket's geometric middle. ValueError for q outside 0..1.
    """
    return quantiles(hist, [q])[0]


def quantiles(hist: Histogram, qs: Iterable[float]) -> list[float | None]:
    """``quantile`` for each of ``qs``, for the price of one."""
    numbers = sorted(hist)
    below = list(accumulate(hist[number] for number in numbers))
    found: list[float | None] = []
    for q in qs:
        if not 0 <= q <= 1:
            raise ValueError(f"q: {q} is not between 0 and 1")
        # Rounded because 0.07 * 100 is a little above 7, and rank 8 would be the wrong one.
        rank = min(max(1, ceil(round(q * below[-1], 6))), below[-1]) if below else 0
        found.append(middle(numbers[bisect_left(below, rank)]) if below else None)
    return found


def spread(hist: Histogram, among: Mapping[K, Histogram]) -> dict[K, Histogram]:
    """A histogram in parts, as even as may be, none of which has more than its histogram among these.

    Together they are all of it where these together have it.
    """
    parts: dict[K, Histogram] = {key: {} for key in among}
    for number, times in hist.items():
        most = sorted((other.get(number, 0), nth, key) for nth, (key, other) in enumerate(among.items()))
        for nth, (limit, _, key) in enumerate(most):
            part = min(limit, times // (len(most) - nth))
            times -= part
            if part:
                parts[key][number] = part
    return parts


def encode(hist: Histogram) -> bytes:
    """A few bytes per bucket: the first bucket, the distances to the others, then the counts, in fixed widths.

    One byte tells the widths, so that all of it is read without looking at each number apart. Equal histograms have
    equal bytes. ValueError for a bucket outside 0..1024 or a negative count.
    """
    numbers = sorted(number for number, times in hist.items() if times)
    if wrong := [number for number, times in hist.items() if not 0 <= number <= LAST_BUCKET or times < 0]:
        raise ValueError(
            f"histogram: bucket {wrong[0]} with count {hist[wrong[0]]}; 0..{LAST_BUCKET} and 0 or more allowed"
        )
    if not numbers:
        return b""
    gaps, counts = [after - before for before, after in pairwise(numbers)], [hist[number] for number in numbers]
    wide, width = max(gaps, default=0) > 0xFF, next(n for n, _ in enumerate(COUNT) if max(counts) < 1 << (8 << n))
    form = f"<BH{len(gaps)}{'H' if wide else 'B'}{len(counts)}{COUNT[width]}"
    return pack(form, wide << 2 | width, numbers[0], *gaps, *counts)


@cache
def encode_one(number: int) -> bytes:
    """What ``encode`` writes where one duration was counted, in this bucket."""
    return encode({number: 1})


def decode(data: bytes) -> Histogram:
    """What ``encode`` wrote; ValueError for bytes that it cannot have written."""
    try:
        hist = dict(_pairs(data)) if data else {}
        sound = encode(hist) == data
    except (ValueError, IndexError, error):
        sound = False
    if not sound:
        raise ValueError(f"histogram: the stored bytes {data[:40].hex()} are not one")
    return hist


def add_up(stored: Iterable[bytes]) -> Histogram:
    """The sum of what ``encode`` wrote, in a few microseconds each: the bytes are trusted."""
    rest = iter(stored)
    return merge(*iter(lambda: _sum(tuple(islice(rest, REMEMBERED))), NOTHING))


@lru_cache(maxsize=4096)
def quantiles_of(stored: tuple[bytes, ...], qs: tuple[float, ...]) -> tuple[float | None, ...]:
    """``quantiles`` of the sum of what ``encode`` wrote, remembered: of a step that is over it stays the same."""
    return tuple(quantiles(add_up(stored), qs))


@lru_cache(maxsize=2048)
def _sum(stored: tuple[bytes, ...]) -> Histogram:
    # Pages ask for nearly the same again, and what is over does not change: a sum has nothing to go stale by.
    total: defaultdict[int, int] = defaultdict(int)
    for data in stored:
        if data:
            for number, times in _pairs(data):
                total[number] += times
    return dict(total) if stored else NOTHING


def _pairs(data: bytes) -> Iterator[tuple[int, int]]:
    """Buckets and counts. Every loop is one of C's, since pages read thousands."""
    gap, width = data[0] >> 2, data[0] & 3
    many = (len(data) - 3 + (1 << gap)) // ((1 << gap) + (1 << width))
    there = 3 + (many - 1 << gap)
    gaps: Sequence[int] = _numbers(many - 1, "H").unpack_from(data, 3) if gap else data[3:there]
    counts: Sequence[int] = _numbers(many, COUNT[width]).unpack_from(data, there) if width else data[there:]
    return zip(accumulate(gaps, initial=data[1] | data[2] << 8), counts, strict=False)


@lru_cache(maxsize=4096)
def _numbers(many: int, width: str) -> Struct:
    return Struct(f"<{many}{width}")
