"""What every page reads from its address: the range, the filters, and what was wrong with them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from html import escape
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apiclient import report
from apiclient.models import Outcome
from apiclient.selection import Selection
from dashboard.access import reach
from dashboard.charts import Segment
from dashboard.filters import DEFAULT_SINCE, RANGES, WORDS, parse

MOMENTS = ("since", "until")
CURSORS = ("before", "after")
NOT_IN_A_LIST = tuple(
    f"detail__{name}"
    for name in ("body", "headers", "request_headers", "redirects", "certificate", "interim", "error", "url")
)


@dataclass(frozen=True)
class View:
    """``selection`` spans whole steps of ``step_s``, so that every figure of a page counts the same outcomes.

    ``words`` are the filters of the address as they were given, without the range; ``own`` those that the page
    itself sets, such as the service that it is about.
    """

    path: str
    selection: Selection
    problems: dict[str, str]
    words: dict[str, str]
    moments: dict[str, str]
    own: dict[str, str]
    step_s: int
    now: datetime

    @cached_property
    def series(self) -> report.Series:
        """Counts by code class over time."""
        return report.series(self.selection, step_s=self.step_s)

    def listed(self) -> QuerySet[Outcome]:
        """The outcomes, newest first, with their message group and without the large texts."""
        return report.outcomes(self.selection).select_related("detail__message").defer(*NOT_IN_A_LIST)

    @property
    def ranges(self) -> list[dict[str, Any]]:
        """What the range picker offers: label, address, and whether it is the one shown."""
        understood = {word: text for word, text in self.moments.items() if word not in self.problems}
        given = "" if "until" in understood else understood.get("since", DEFAULT_SINCE)
        return [
            {"label": label, "href": self.address(self.words | {"since": since}), "current": since == given}
            for since, label in RANGES.items()
        ]

    @property
    def custom(self) -> bool:
        return not any(one["current"] for one in self.ranges)

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address without it."""
        return [
            {"word": word, "text": text, "href": self.address(self._without(word) | self.moments)}
            for word, text in self.words.items()
            if word in WORDS and word not in self.problems
        ]

    @property
    def range_words(self) -> str:
        """The range alone, to carry it on to another page."""
        return urlencode({word: text for word, text in self.moments.items() if word not in self.problems})

    def address(self, words: dict[str, str]) -> str:
        """This page with other words."""
        return f"{self.path}?{urlencode(words)}" if words else self.path

    def outcomes(self, **words: str) -> str:
        """The list of outcomes behind this page, narrowed or moved by further words."""
        moments = {word: text for word, text in self.moments.items() if word not in self.problems}
        return f"{reverse('outcomes')}?{urlencode(self._kept() | moments | words)}"

    def export(self) -> str:
        """The same outcomes as a table for spreadsheets, all of them."""
        moments = {word: f"{getattr(self.selection, word).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for word in MOMENTS}
        return f"{reverse('api-outcome-list')}?{urlencode({'format': 'csv'} | self._kept() | moments)}"

    def between(self, **words: str) -> Callable[[datetime, datetime], str]:
        """The outcomes of these words between two moments, as it stands in markup."""
        above = _ready(reverse("outcomes"), self._kept(*words) | words)
        return lambda since, until: above + _span(since, until)

    @cached_property
    def _behind(self) -> str:
        return _ready(reverse("outcomes"), self._kept("code_class"))

    def slice(self, segment: Segment) -> str:
        """The outcomes behind one segment of the chart, as it stands in markup."""
        return f"{self._behind}code_class={segment.key}&amp;{_span(segment.since, segment.until)}"

    def elsewhere(self, name: str, *args: Any, **words: str) -> str:
        """Another page with this range and these filters, and further words."""
        moments = {word: text for word, text in self.moments.items() if word not in self.problems}
        words = self._kept() | moments | words
        return f"{reverse(name, args=args)}?{urlencode(words)}" if words else reverse(name, args=args)

    def behind(self, word: str, path: str = "") -> Callable[[Segment], str]:
        """What leads from a segment to its outcomes, its group being a value of this word, '' for any value.

        ``path`` is another page than the list of outcomes that is to show them. Given as it stands in markup.
        """
        above = _ready(path or reverse("outcomes"), self._kept(word))

        def address(segment: Segment) -> str:
            narrowed = f"{word}={_quoted(segment.key)}&amp;" if segment.key else ""
            return f"{above}{narrowed}{_span(segment.since, segment.until)}"

        return address

    def _kept(self, *without: str) -> dict[str, str]:
        """The filters that were understood, and the page's own."""
        known = {word: text for word, text in self.words.items() if word in WORDS and word not in self.problems}
        return {word: text for word, text in (known | self.own).items() if word not in without}

    def _without(self, word: str) -> dict[str, str]:
        return {other: text for other, text in self.words.items() if other != word}


def _ready(path: str, words: dict[str, str]) -> str:
    """The beginning of an address in markup, to which further words are added: hundreds stand in one chart."""
    return escape(f"{path}?{urlencode(words)}&" if words else f"{path}?")


_quoted = lru_cache(maxsize=256)(quote_plus)


@lru_cache(maxsize=4096)
def _span(since: datetime, until: datetime) -> str:
    return f"since={_minute(since)}&amp;until={_minute(until)}"


@lru_cache(maxsize=1024)
def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def read(
    request: HttpRequest,
    also: Iterable[str] = (),
    own: dict[str, str] | None = None,
    moments: dict[str, str] | None = None,
    **fixed: Any,
) -> View:
    """The view of this address; ``fixed`` are parts of the selection that the page decides, ``own`` their words.

    ``moments`` are the range where the address names none.
    """
    own = own or {}
    given = {word: request.GET.get(word, "") for word in request.GET}
    params = {word: text for word, text in given.items() if text.strip() and word not in own}
    if not any(word in params for word in MOMENTS):
        params |= moments or {}
    query = parse(params, reach(request), also)
    selection = replace(query.selection, **fixed)
    step_s = report.auto_step(selection)
    return View(
        path=request.path,
        selection=selection.whole(step_s),
        problems=query.problems,
        words={word: text for word, text in params.items() if word not in (*MOMENTS, *CURSORS)},
        moments={word: text for word, text in params.items() if word in MOMENTS},
        own=own,
        step_s=step_s,
        now=timezone.now(),
    )
