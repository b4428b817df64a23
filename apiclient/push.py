"""Outcomes that other programs tell of calls they made themselves: judged, counted and stored as our own are.

Such an outcome takes the slot of the millisecond it started in, in no location of ours. One outcome per slot holds
here too: what is told again is a duplicate, and the moments of a call's own timetable are refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from apiclient import record, rollup
from apiclient.cadence import Cadence
from apiclient.classify import FAILED, verdict_of
from apiclient.clock import now_ms
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Request
from apiclient.http.redact import hidden_in, redact_text
from apiclient.message import message_of
from apiclient.models import Call
from apiclient.models.answer import references_of
from apiclient.models.location import PUSHED
from apiclient.prepare import prepare
from apiclient.reach import Reach
from apiclient.record import Finished
from apiclient.reference import documented
from apiclient.rollup.closed import quarter_of
from apiclient.slot import call_of, from_ms, slot_id
from apiclient.submission import Refused, Submission
from apiclient.together import Together
from apiclient.values import Values, ValuesByService

AHEAD_MS = 5 * 60_000
"""Clocks differ. What starts later than that is refused."""
PORTION = 1_000
PORTION_QUARTERS = 16
"""Closed quarter hours that one transaction counts again; recording waits for it meanwhile."""
TRIES = 5
DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n"


class Kept(StrEnum):
    """What became of a submission that was not refused."""

    STORED = "stored"
    DUPLICATE = "duplicate"


Result = Kept | Refused
Name = int | tuple[str, str]
"""Of a call: its id, or the slugs of its service and itself."""


class Told(NamedTuple):
    """A submission and the services that who sent it may reach."""

    submission: Submission
    reach: Reach


@dataclass(slots=True)
class _Target:
    """What a call expects, and its own timetable: since when each cadence holds, in milliseconds since 2020."""

    pk: int
    service_id: int
    expectation: Expectation
    timetable: list[tuple[int, Cadence]]

    def runs_at(self, ms: int) -> bool:
        """Whether the moment is one of its own slots."""
        return any(since_ms <= ms and _has(cadence, self.pk, ms) for since_ms, cadence in self.timetable)


def store(told: Sequence[Told]) -> list[Result]:
    """Store what can be stored, in transactions of a portion each; what became of each submission, in order."""
    now = now_ms()
    until_s, complete_s = _bounds(told, now)
    judged = list(_judged(told, now, complete_s))
    _add_texts([(one, by.submission) for one, by in zip(judged, told, strict=True) if isinstance(one, Finished)])
    written = record.Written(set(), set())
    first: dict[int, Finished] = {}
    for one in judged:
        if isinstance(one, Finished):
            first.setdefault(one.slot, one)
    for portion in _portions(first, until_s):
        new, gone = _write(portion)
        written.new.update(new)
        written.gone.update(gone)
    return [one if isinstance(one, Refused) else _result(one, written) for one in judged]


_together = Together(store)


def store_one(submission: Submission, reach: Reach) -> Result:
    """Store one alone. What several threads bring at the same time goes into one transaction."""
    return _together.do(Told(submission, reach))


def _result(one: Finished, written: record.Written) -> Result:
    if one.slot in written.gone:
        return _no_call(call_of(one.slot))
    if one.slot in written.new:
        written.new.remove(one.slot)  # told twice at once, it is new only the first time
        return Kept.STORED
    return Kept.DUPLICATE


def _bounds(told: Sequence[Told], now: int) -> rollup.Bounds:
    """What is closed and what has been pruned, which is nothing that matters of the last hour."""
    young = all(one.submission.started_ms > now - HOUR_MS for one in told)
    return rollup.Bounds(0, 0) if young else rollup.bounds()


def _judged(told: Sequence[Told], now: int, complete_s: int) -> Iterator[Finished | Refused]:
    targets = _targets({one.submission.call for one in told})
    first_ms, last_ms = _span(now, complete_s)
    for submission, reach in told:
        target = targets.get(submission.call)
        if target is None or (reach is not None and target.service_id not in reach):
            yield _no_call(submission.call)
        elif problem := _problem_with_moment(submission.started_ms, target, first_ms, last_ms):
            yield Refused("/started_at", problem)
        else:
            yield _finished(submission, target)


def _targets(names: Iterable[Name]) -> dict[Name, _Target]:
    """The calls of these names, by name: a query for ids, one for slugs."""
    ids = [[name] for name in names if isinstance(name, int)]
    slugs = [name for name in names if isinstance(name, tuple)]
    found: dict[Name, _Target] = {}
    for where, wanted in (("c.id", ids), ("(s.slug, c.slug)", slugs)):
        looked_up = _looked_up(where, wanted)
        rows = references_of((row[0], row[1]) for row in looked_up if row[-1])
        for pk, service_id, codes, slow_after_ms, fail_after_ms, service, call, since_ms, cadence, _ in looked_up:
            name = pk if wanted is ids else (service, call)
            if name not in found:
                limits = {"slow_after_ms": slow_after_ms, "fail_after_ms": fail_after_ms}
                expectation = Expectation.of(codes, **limits, documented=documented(rows.get(pk, ())))
                found[name] = _Target(pk, service_id, expectation, [])
            if cadence:
                found[name].timetable.append((since_ms, Cadence.read(cadence)))
    return found


LOOK = """
    SELECT c.id, c.service_id, c.expected_codes, c.slow_after_ms, c.fail_after_ms, s.slug, c.slug, d.since_ms,
    d.cadence, EXISTS (
        SELECT 1 FROM apiclient_documentedanswer a
        WHERE a.service_id = s.id AND (a.call_id IS NULL OR a.call_id = c.id)
    )
    FROM apiclient_call c JOIN apiclient_service s ON s.id = c.service_id LEFT JOIN apiclient_due d ON d.call_id = c.id
    WHERE {what} IN (VALUES {marks})
"""


def _looked_up(what: str, wanted: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """In plain SQL: every outcome that is told asks this, some alone."""
    if not wanted:
        return []
    marks = f"({', '.join(['%s'] * len(wanted[0]))})"
    with connection.cursor() as cursor:
        sql = LOOK.format(what=what, marks=", ".join([marks] * len(wanted)))
        cursor.execute(sql, [value for row in wanted for value in row])
        return list(cursor.fetchall())


def _span(now: int, complete_s: int) -> tuple[int, int]:
    """The first and last moment that may be told of, in milliseconds since 2020."""
    kept_ms = (now // DAY_MS - settings.ANSWERBACK_KEEP_SUCCESSES) * DAY_MS
    return max(0, kept_ms, complete_s * 1000), now + AHEAD_MS


def _problem_with_moment(ms: int, target: _Target, first_ms: int, last_ms: int) -> str | None:
    if ms > last_ms:
        return (
            f"It lies ahead. The last moment allowed is {from_ms(last_ms):%Y-%m-%dT%H:%M:%SZ}, five minutes from now."
        )
    if ms < first_ms:
        return f"Outcomes are kept since {from_ms(first_ms):%Y-%m-%dT%H:%M:%SZ}; earlier ones are not taken."
    if target.runs_at(ms):
        return "The call's own timetable has a slot at this very moment, whose outcome is made here. Use another one."
    return None


def _has(cadence: Cadence, call_id: int, ms: int) -> bool:
    if cadence.interval_seconds:
        return (ms - cadence.phase_ms(call_id)) % (cadence.interval_seconds * 1000) == 0
    return (ms - cadence.offset_ms) % MINUTE_MS == 0 and cadence.has(call_id, ms)


def _finished(submission: Submission, target: _Target) -> Finished:
    phases, status_code = submission.phases, submission.status_code
    body_bytes = len(submission.body.encode())
    return Finished(
        slot_id(submission.started_ms, target.pk),
        target.service_id,
        Exchange(status_code, submission.failure, phases, body_bytes=body_bytes),
        verdict_of(status_code, phases.total, target.expectation),
        lag_ms=0,
        location_id=PUSHED,
    )


def _says_something(submission: Submission) -> bool:
    return bool(submission.message or submission.body or submission.request_id)


def _add_texts(finished: Iterable[tuple[Finished, Submission]]) -> None:
    """What is kept of those that failed, where anything was told."""
    telling = [(one, by) for one, by in finished if one.verdict is FAILED and _says_something(by)]
    requests = _requests({call_of(one.slot) for one, _ in telling}) if telling else {}
    for one, submission in telling:
        _add_text(one, submission, requests[call_of(one.slot)])


def _add_text(finished: Finished, submission: Submission, request: Request) -> None:
    """The message as the server's own words, or as the transport's."""
    if submission.request_id:
        request = replace(request, headers=(*request.headers, ("X-Request-ID", submission.request_id)))
    exchange = finished.exchange
    if submission.message and submission.failure is not None:
        secrets = hidden_in(request)
        exchange.error = redact_text(message_of(submission.message.encode(), "text/plain"), secrets)
    elif text := submission.message or submission.body:
        exchange.head = (TEXT,) if submission.message else _head(submission.content_type)
        exchange.body = text.encode()[: request.limits.body_kept]
    finished.request = request


def _head(content_type: str) -> tuple[bytes, ...]:
    return (f"Content-Type: {content_type}\r\n".encode(),) if content_type else ()


def _requests(ids: set[int]) -> dict[int, Request]:
    """What each call sends, without the body: the secrets in it are masked where an answer repeats them."""
    calls = Call.objects.filter(pk__any_of=ids).select_related("service").defer("body")
    requests = {pk: Request("GET", "") for pk in ids}  # of a call that was deleted a moment ago
    values = ValuesByService()
    return requests | {call.pk: _request(call, values.of(call.service)) for call in calls}


def _request(call: Call, values: Values) -> Request:
    call.body = ""
    try:
        return prepare(call, values=values, rows=()).request
    except (ValueError, TypeError, AttributeError):
        return Request(call.method, call.url)


def _portions(finished: dict[int, Finished], closed_s: int) -> Iterator[list[Finished]]:
    """By time, at most a thousand each and of few closed quarter hours."""
    portion: list[Finished] = []
    quarters: set[int] = set()
    for slot in sorted(finished):
        quarter_s = quarter_of(slot)
        late = {quarter_s} if quarter_s < closed_s else set()
        if len(portion) == PORTION or len(quarters | late) > PORTION_QUARTERS:
            yield portion
            portion, quarters = [], set()
        portion.append(finished[slot])
        quarters |= late
    if portion:
        yield portion


def _write(finished: list[Finished]) -> record.Written:
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return record.write(finished)
        except rollup.ClosedMeanwhile:
            continue
    with transaction.atomic():
        return record.write(finished)


def _no_call(name: Name) -> Refused:
    if isinstance(name, int):
        return Refused("/call", f"There is no call {name}.")
    return Refused("/call", f"There is no call {'/'.join(name)!r}. Use service and call by their slugs.")
