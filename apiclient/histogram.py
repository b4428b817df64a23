"""Latency as a sparse histogram of log buckets that add up across rows. Pure.

Bucket 0 holds 0 us; bucket b > 0 holds 2^((b-1)/16) up to 2^(b/16) us, so that its geometric middle is at most
2.2 % from any value in it.
"""

from collections.abc import Iterable
from math import ceil, log2

Histogram = dict[int, int]  # bucket -> how many, never 0

BUCKETS_PER_DOUBLING = 16
LAST_BUCKET = 64 * BUCKETS_PER_DOUBLING


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
    if not 0 <= q <= 1:
        raise ValueError(f"q: {q} is not between 0 and 1")
    # Rounded because 0.07 * 100 is a little above 7, and rank 8 would be the wrong one.
    total = count(hist)
    rank = min(max(1, ceil(round(q * total, 6))), total)
    for number in sorted(hist):
        rank -= hist[number]
        if rank <= 0:
            return middle(number)
    return None


def encode(hist: Histogram) -> bytes:
    """A few bytes per bucket: ascending, each its distance from the one before and its count, as varints.

    Equal histograms have equal bytes. ValueError for a bucket outside 0..1024 or a negative count.
    """
    out = bytearray()
    previous = -1
    for number in sorted(hist):
        times = hist[number]
        if not 0 <= number <= LAST_BUCKET or times < 0:
            raise ValueError(f"histogram: bucket {number} with count {times}; 0..{LAST_BUCKET} and 0 or more allowed")
        if times:
            out += _varint(number - previous - 1) + _varint(times)
            previous = number
    return bytes(out)


def decode(data: bytes) -> Histogram:
    """What ``encode`` wrote; ValueError for bytes that it cannot have written."""
    numbers = iter(_varints(data))
    hist: Histogram = {}
    number = -1
    for gap in numbers:
        number += gap + 1
        times = next(numbers, 0)
        if number > LAST_BUCKET or times == 0:
            raise ValueError(f"histogram: bucket {number} with count {times} in the stored bytes")
        hist[number] = times
    return hist


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varints(data: bytes) -> Iterable[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        elif byte == 0 and shift:
            raise ValueError("histogram: a number in the stored bytes has leading zeros")
        else:
            yield value
            value = shift = 0
        if shift > 63:
            raise ValueError("histogram: a number in the stored bytes is too long")
    if shift:
        raise ValueError("histogram: the stored bytes are cut off")
