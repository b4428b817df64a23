"""What another program tells of a call that it made itself: one JSON object, read strictly. Pure.

``started_at`` is kept to the millisecond, durations to the microsecond. What is null counts as not given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apiclient.catalogue import Failure
from apiclient.http import Phases
from apiclient.http.exchange import NO_TIME
from apiclient.slot import CALL_MASK, to_ms

MEMBERS = (
    "call", "service", "started_at", "status_code", "failure", "timings_ms", "message", "body", "content_type",
    "request_id",
)  # fmt: skip
FAILURES = tuple(
    failure
    for failure in Failure
    if failure not in (Failure.BLOCKED, Failure.WORKER_LOST, Failure.MISSED, Failure.INTERNAL)
)
"""Those that a program of its own can meet. The others tell of this installation's workers."""
LONGEST_MS = 2_147_483
"""What a column of microseconds holds: 35 minutes."""
ROUNDED_MS = 1
"""Phases that were rounded one by one may add up to so much more than their total."""
LONGEST_MESSAGE = 2_000
LONGEST_LINE = 200
LONGEST_SLUG = 80
_FAILURES = {failure.slug: failure for failure in FAILURES}
_MOMENT = "a moment in ISO 8601, such as 2026-11-22T10:00:00.250Z"


class Refused(ValueError):
    """``pointer`` is where (RFC 6901, "" for the whole), ``sentence`` what is allowed there."""

    def __init__(self, pointer: str, sentence: str) -> None:
        super().__init__(sentence)
        self.pointer, self.sentence = pointer, sentence


@dataclass(frozen=True, slots=True)
class Submission:
    """``call`` is an id or (service, call) by slugs. Either ``status_code`` or ``failure`` is given."""

    call: int | tuple[str, str]
    started_ms: int
    status_code: int | None
    failure: Failure | None
    phases: Phases
    message: str = ""
    body: str = ""
    content_type: str = ""
    request_id: str = ""


def read(value: Any) -> Submission:
    """The submission that one JSON value is. Refused says what is not as it should be."""
    if not isinstance(value, dict):
        raise Refused("", f"An outcome is an object with the members {', '.join(MEMBERS)}.")
    if unknown := value.keys() - _KNOWN:
        raise _unknown("", min(unknown), MEMBERS)
    status_code, failure = _answer(value)
    message, body = _text(value, "message", LONGEST_MESSAGE), _text(value, "body")
    if message and body:
        raise Refused("/body", "Give the message or the body that it stands in, not both.")
    content_type = _line(value, "content_type")
    if content_type and not body:
        raise Refused("/content_type", "It tells what the body is, and there is none.")
    return Submission(
        _call(value),
        _started_ms(value),
        status_code,
        failure,
        _phases(value.get("timings_ms")),
        *(message, body, content_type, _line(value, "request_id")),
    )


_KNOWN, _PHASES = frozenset(MEMBERS), frozenset(Phases._fields)


def _unknown(pointer: str, name: str, known: Iterable[str]) -> Refused:
    shown = name[:80].encode("utf-8", "backslashreplace").decode()  # half a character could not be answered
    step = shown.replace("~", "~0").replace("/", "~1")
    return Refused(f"{pointer}/{step}", f"There is no member {shown!r} here. Known are {', '.join(known)}.")


def _call(value: Mapping[str, Any]) -> int | tuple[str, str]:
    call, service = value.get("call"), value.get("service")
    if service is None and type(call) is int and 0 < call <= CALL_MASK:
        return call
    if service is None:
        if type(call) is int:
            raise Refused("/call", f"There is no call {str(call)[:40]}.")
        raise Refused("/call", "Give a call's id as a number, or its slug as a text and its service's slug beside it.")
    for name, slug in (("service", service), ("call", call)):
        if not isinstance(slug, str) or not 0 < len(slug) <= LONGEST_SLUG or not slug.isprintable():
            raise Refused(f"/{name}", f"Give the slugs of service and call as texts of 1 to {LONGEST_SLUG} characters.")
    return service, call  # type: ignore[return-value]


def _started_ms(value: Mapping[str, Any]) -> int:
    text = value.get("started_at")
    try:
        # A date alone is a whole day of moments.
        moment = datetime.fromisoformat(text) if text[10] in "Tt " else None  # type: ignore[index, arg-type]
    except (TypeError, ValueError, IndexError, KeyError):
        moment = None
    if moment is None:
        shown = f"{text[:40]!r} is not" if isinstance(text, str) else "Give"
        raise Refused("/started_at", f"{shown} {_MOMENT}; UTC where no zone is given.")
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _answer(value: Mapping[str, Any]) -> tuple[int | None, Failure | None]:
    status_code, failure = value.get("status_code"), value.get("failure")
    if (status_code is None) == (failure is None):
        raise Refused("/status_code", "Give either a status_code or a failure.")
    if failure is None:
        if type(status_code) is not int or not 100 <= status_code <= 999:
            raise Refused("/status_code", "Use a whole number from 100 to 999, or give a failure.")
        return status_code, None
    if not isinstance(failure, str) or failure not in _FAILURES:
        raise Refused("/failure", f"Use one of {', '.join(_FAILURES)}.")
    return None, _FAILURES[failure]


def _phases(timings: Any) -> Phases:
    """In whole microseconds; the total is their sum where it is not given."""
    if not isinstance(timings, dict) or not timings:
        raise Refused("/timings_ms", f"Give an object of milliseconds: total, or any of {', '.join(Phases._fields)}.")
    if unknown := timings.keys() - _PHASES:
        raise _unknown("/timings_ms", min(unknown), Phases._fields)
    given = {name: _us(name, ms) for name, ms in timings.items() if ms is not None}
    parts = sum(given.values()) - given.get("total", 0)
    if "total" not in given and not given:
        raise Refused("/timings_ms", "Give the total, or the phases that add up to it.")
    total = given.setdefault("total", min(parts, LONGEST_MS * 1000))
    if parts > total + ROUNDED_MS * 1000:
        raise Refused("/timings_ms/total", f"The phases add up to {parts / 1000:g} ms, more than the total.")
    return NO_TIME._replace(**given)


def _us(name: str, ms: Any) -> int:
    # NaN is not between them either, and a number of any length is quickly compared.
    if type(ms) not in (int, float) or not 0 <= ms <= LONGEST_MS:
        raise Refused(f"/timings_ms/{name}", f"Use a number of milliseconds from 0 to {LONGEST_MS}.")
    us: int = round(ms * 1000)
    return us


def _text(value: Mapping[str, Any], name: str, longest: int | None = None) -> str:
    text = value.get(name)
    if text is None or text == "":
        return ""
    if not isinstance(text, str) or (longest is not None and len(text) > longest):
        limit = f" of at most {longest} characters" if longest else ""
        raise Refused(f"/{name}", f"Use a text{limit}.")
    return _encodable(name, text)


def _line(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if text is None or text == "":
        return ""
    if not isinstance(text, str) or len(text) > LONGEST_LINE or not (text.isprintable() and text.isascii()):
        raise Refused(f"/{name}", f"Use a text of at most {LONGEST_LINE} printable ASCII characters.")
    return text


def _encodable(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused(f"/{name}", f"Character {error.start + 1} is half of one: a lone surrogate.") from None
    return text
