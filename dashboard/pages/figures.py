"""The four figures of a page, each with how it has changed against the period before of the same length."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core.cache import cache

from apiclient import report
from apiclient.histogram import encode
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from dashboard.pages.tally import Tally, counted
from dashboard.pages.view import View
from dashboard.templatetags.dashboard import count, duration, share

MINUS = "−"
NONE_BEFORE, NOTHING = "new", "–"
MOST_PERCENT = 999
SAME_PERCENT, SAME_POINTS = 0.05, 0.0005
"""What is less reads as 0.0."""
REMEMBERED_S = 60
LENGTHS = (("d", 86_400, 36 * 3600), ("h", 3600, 3000), ("min", 60, 0))
"""A unit, its seconds, and from how many seconds on it is used."""


@dataclass(frozen=True, slots=True)
class Change:
    """``direction`` is 1, 0 or -1; ``judged`` "better", "worse", or "" where neither can be said."""

    words: str
    direction: int = 0
    judged: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """``tone`` is the stylesheet's class of the value; ``was`` the value of the period before, "" where it had none."""

    label: str
    value: str
    tone: str
    change: Change
    was: str


def figures(view: View, now: Tally) -> list[Figure]:
    """Calls, failed verdicts, no response and p95 of the range; reads the period before."""
    return list(compared(now, before(view), elapsed(view) / _length(view)))


def compared(now: Tally, then: Tally, part: float) -> Iterator[Figure]:
    """``part`` of the range, 0 to 1, is over: calls are compared as rates, so that an open range is no fall."""
    any_now, any_then = bool(now.total), bool(then.total)
    yield Figure(
        "Calls made",
        count(now.total),
        "",
        _relative(now.total / part if any_now else None, then.total or None),
        count(then.total) if any_then else "",
    )
    for label, tone, name in (("Failed verdicts", "bad", "failed_share"), ("No response", "warn", "no_response_share")):
        after, earlier = getattr(now, name), getattr(then, name)
        change = _points(after if any_now else None, earlier if any_then else None)
        yield Figure(
            label, share(after if any_now else None), tone if after else "", change, share(earlier) if any_then else ""
        )
    was = "" if then.p95_us is None else duration(then.p95_us)
    yield Figure("p95 latency", duration(now.p95_us), "", _judged(_relative(now.p95_us, then.p95_us)), was)


def before(view: View) -> Tally:
    """What the same filters count in the period before, which changes no more: it is remembered for a minute."""
    since, until = view.selection.since, view.selection.until
    earlier = replace(view.selection, since=max(EPOCH, since - (until - since)), until=since)
    key = f"before:{hash(earlier)}"
    found: Tally | None = cache.get(key)
    if found is None:
        cache.set(key, found := _count(earlier), REMEMBERED_S)
    return found


def _count(selection: Selection) -> Tally:
    """Of the longest steps, so of few rows."""
    total = counted(report.cells(selection, None, histograms=True))
    return Tally(answers=total.answers, stored=[encode(total.histogram)])


def elapsed(view: View) -> float:
    """Seconds of the range that are over, a minute at least: it ends with a whole step, mostly in the future."""
    over = min(view.now, view.selection.until) - view.selection.since
    return max(60.0, over / timedelta(seconds=1))


def length_in_words(view: View) -> str:
    """How long the period before is: ``24 h``, ``7 d``."""
    return next(f"{round(_length(view) / size)} {unit}" for unit, size, least in LENGTHS if _length(view) >= least)


def _length(view: View) -> int:
    return view.selection.until_s - view.selection.since_s


def _relative(now: float | None, then: float | None) -> Change:
    if now is None or then is None:
        return Change(NOTHING if now is None else NONE_BEFORE)
    percent = (now / then - 1) * 100
    if abs(percent) < SAME_PERCENT:
        return Change("unchanged")
    if percent > MOST_PERCENT:
        return Change(f"× {now / then:,.0f}", 1)
    return Change(_signed(percent, 1 if abs(percent) < 100 else 0) + " %", _sign(percent))


def _points(now: float | None, then: float | None) -> Change:
    if now is None or then is None:
        return Change(NOTHING if now is None else NONE_BEFORE)
    if abs(now - then) < SAME_POINTS:
        return Change("unchanged")
    return _judged(Change(f"{_signed((now - then) * 100, 1)} points", _sign(now - then)))


def _judged(change: Change) -> Change:
    """Of what should be small."""
    return replace(change, judged=("", "worse", "better")[change.direction])


def _signed(number: float, digits: int) -> str:
    return f"{number:+.{digits}f}".replace("-", MINUS)


def _sign(number: float) -> int:
    return 1 if number > 0 else -1
