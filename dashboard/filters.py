"""The query words that pages and API share: an address in, a Selection and what was wrong with it out."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.codes import parse_codes
from apiclient.models import Call, Service, Step
from apiclient.reach import Reach
from apiclient.report import MOST_BARS, STEPS
from apiclient.rollup.thinning import MINUTES_KEPT_S
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from apiclient.source import RAW_CALLS, RAW_SECONDS, has_minutes

WORDS = (
    "service", "call", "status_code", "code_class", "category", "failure", "verdict", "since", "until", "q",
)  # fmt: skip
RANGES = {"-1h": "1 h", "-24h": "24 h", "-7d": "7 d", "-30d": "30 d"}
DEFAULT_SINCE = "-24h"
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(r"-(\d{1,5})([mhdw])")
DAY = timedelta(days=1)
LONGEST = timedelta(days=3660)
MOST_NAMES = 50
NO_SERVICE = frozenset({0})
"""Selects nothing: an empty set would leave the word open."""
LATEST = datetime(2089, 1, 1, tzinfo=UTC)
MOMENT = "Use ISO 8601, such as 2026-11-22T10:00:00Z, or a time ago, such as -24h (m, h, d, w)."


@dataclass(slots=True)
class Query:
    """A selection, always usable, and one sentence per word that was not understood and is left out of it."""

    selection: Selection
    problems: dict[str, str] = field(default_factory=dict)


def parse(params: Mapping[str, str], reach: Reach, also: Iterable[str] = ()) -> Query:
    """Read the shared words; ``also`` names the words that the view reads itself. Every other word is a problem.

    What is out of reach is not there: it is not selected, and its name is not known.
    """
    now = timezone.now()
    problems: dict[str, str] = {}

    def read(word: str, reader: Callable[[str], Any], default: Any) -> Any:
        text = params.get(word, "").strip()
        try:
            return reader(_text(text)) if text else default
        except ValueError as error:
            problems[word] = str(error)
            return default

    until = read("until", lambda text: _moment(text, now), now)
    since = read("since", lambda text: _moment(text, now), max(until - DAY, EPOCH))
    if since >= until or until - since > LONGEST:
        word = "since" if "since" in params else "until"
        problems.setdefault(word, "since must lie before until, by ten years at most.")
        since, until = now - DAY, now
    selection = Selection(
        since=since,
        until=until,
        services=_within(reach, read("service", lambda text: _services(text, reach), frozenset())),
        calls=read("call", lambda text: _calls(text, reach), frozenset()),
        status_codes=read("status_code", parse_codes, frozenset()),
        code_classes=read("code_class", lambda text: _members(CodeClass, text), frozenset()),
        categories=read("category", lambda text: _members(Category, text), frozenset()),
        failures=read("failure", lambda text: _members(Failure, text), frozenset()),
        verdicts=read("verdict", lambda text: _members(Verdict, text), frozenset()),
        q=read("q", _short, ""),
    )
    allowed = {*WORDS, *also}
    for word in params:
        if word not in allowed:
            problems[word] = f"There is no filter of that name. Known are {', '.join(sorted(allowed))}."
    return Query(selection, problems)


def parse_step(text: str, selection: Selection) -> int | None:
    """A step in seconds, None for auto. ValueError where the word is unknown or the bars would be too many."""
    if text in ("", "auto"):
        return None
    if text not in STEPS:
        raise ValueError(f"Use one of auto, {', '.join(STEPS)}.")
    bars = (selection.until_s - selection.since_s) // STEPS[text]
    if bars > MOST_BARS:
        raise ValueError(f"{text} over this span makes {bars} bars, more than {MOST_BARS}. Use a longer step, or auto.")
    if STEPS[text] < Step.QUARTER and not has_minutes(selection):
        raise ValueError(
            f"Minutes are kept for {MINUTES_KEPT_S // 86_400} days. Use 15m or longer, begin later, "
            f"ask for {RAW_SECONDS // 3600} hours at most, or name up to {RAW_CALLS} calls."
        )
    return STEPS[text]


def _moment(text: str, now: datetime) -> datetime:
    if text == "now":
        return now
    if ago := AGO.fullmatch(text):
        span = timedelta(**{UNITS[ago[2]]: int(ago[1])})
        return _in_reach(now - span if span < LONGEST * 2 else datetime.min.replace(tzinfo=UTC))
    # In an address an unescaped + of a zone arrives as a space.
    written = text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text
    try:
        moment = parse_datetime(written)
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(f"{text[:40]!r} is no moment. {MOMENT}")
    return _in_reach(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _in_reach(moment: datetime) -> datetime:
    if not EPOCH <= moment < LATEST:
        raise ValueError(f"Moments lie between {EPOCH:%Y} and {LATEST:%Y}.")
    return moment


def _members(kind: Any, text: str) -> frozenset[Any]:
    words = {getattr(member, "slug", member): member for member in kind}
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    if unknown := next((word for word in wanted if word not in words), None):
        raise ValueError(f"{unknown[:40]!r} is not known. Use one or more of {', '.join(map(str, words))}.")
    return frozenset(words[word] for word in wanted)


def _within(reach: Reach, asked: frozenset[int]) -> frozenset[int]:
    """The services that are selected where these were asked for, empty for all of them."""
    if reach is None:
        return asked
    return asked or reach or NO_SERVICE


def _services(text: str, reach: Reach) -> frozenset[int]:
    return frozenset(_service(word, reach) for word in _names(text))


def _service(word: str, reach: Reach) -> int:
    found = Service.objects.filter(pk=int(word)) if _is_id(word) else Service.objects.filter(slug=word)
    pk = found.values_list("pk", flat=True).first()
    if pk is None or (reach is not None and pk not in reach):
        raise ValueError(f"There is no service {word[:80]!r}. Use its id or its slug.")
    return pk


def _calls(text: str, reach: Reach) -> frozenset[int]:
    return frozenset(_call(word, reach) for word in _names(text))


def _call(word: str, reach: Reach) -> int:
    service, _, slug = word.partition("/")
    found = Call.objects.filter(pk=int(word)) if _is_id(word) else Call.objects.filter(service__slug=service, slug=slug)
    pk, service_id = found.values_list("pk", "service_id").first() or (None, None)
    if pk is None or (reach is not None and service_id not in reach):
        raise ValueError(f"There is no call {word[:160]!r}. Use its id, or service/call by their slugs.")
    return pk


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 16


def _names(text: str) -> set[str]:
    """What stands between the commas. Each costs a query."""
    names = {word.strip() for word in text.split(",") if word.strip()}
    if len(names) > MOST_NAMES:
        raise ValueError(f"{len(names)} names are more than {MOST_NAMES}.")
    return names


def _text(text: str) -> str:
    # PostgreSQL refuses NUL in any text.
    if "\x00" in text:
        raise ValueError("The character NUL is not allowed.")
    return text


def _short(text: str) -> str:
    if len(text) > 200:
        raise ValueError("At most 200 characters.")
    return text
