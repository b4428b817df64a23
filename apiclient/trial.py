"""Try a call that nobody has saved yet: the same guard, engine and judgement as a worker's, and nothing is stored.

Runs in the process that asks, which is the web server's: so few at once, and none for long.
"""

import time
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import BoundedSemaphore

from django.conf import settings

from apiclient.catalogue import Failure, Verdict
from apiclient.classify import Judgement, judge
from apiclient.clock import now_ms
from apiclient.course import Arrived, Voyage, once
from apiclient.detail import Evidence, detail_of, without_secrets
from apiclient.http import Engine, Exchange, Guard, Limits, Request
from apiclient.models import Call, Outcome, OutcomeDetail
from apiclient.prepare import prepare
from apiclient.reason import expectation_of
from apiclient.slot import CALL_MASK, slot_id

LONGEST_MS = 30_000
MOST_AT_ONCE = 4
ANY_CALL = CALL_MASK
"""What stands in the slot of a call that has no id yet."""

_places = BoundedSemaphore(MOST_AT_ONCE)


class BusyError(Exception):
    """As many trials as one process carries are under way."""


@dataclass(frozen=True, slots=True)
class Trial:
    """``outcome`` and ``detail`` are as they would be stored, secrets masked; ``message`` is what the server said."""

    outcome: Outcome
    detail: OutcomeDetail
    message: str


def try_out(call: Call) -> Trial:
    """Send the request of a call, saved or not, with its service, and judge the answer.

    Waits for it, ``LONGEST_MS`` at most. BusyError when too many wait already.
    """
    if not _places.acquire(blocking=False):
        raise BusyError(f"{MOST_AT_ONCE} requests are being tried at this moment. Try again when one has ended.")
    try:
        return _trial(call, _arrived(call))
    finally:
        _places.release()


def _arrived(call: Call) -> Arrived:
    try:
        prepared = prepare(call)
    except (ValueError, TypeError, AttributeError) as error:
        exchange = Exchange(failure=Failure.INTERNAL, error=f"It cannot be sent: {error}")
        return Arrived(exchange, Request(call.method, call.url))
    limits = replace(prepared.request.limits, timeout_ms=min(call.timeout_ms, LONGEST_MS))
    request = replace(prepared.request, limits=limits)
    courses = replace(prepared, request=request).join({})
    voyage = Voyage(courses or partial(once, request), request, time.monotonic())
    if (first := voyage.begin()) is not None:
        _engine().send(first, then=voyage.go_on)
    return voyage.arrived


@cache
def _engine() -> Engine:
    """The process's own, started on first use, so never before a fork."""
    engine = Engine(Guard(settings.ANSWERBACK_ALLOWED_NETWORKS), user_agent=settings.ANSWERBACK_USER_AGENT)
    engine.start()
    return engine


def _trial(call: Call, arrived: Arrived) -> Trial:
    slot, judgement = slot_id(now_ms(), call.pk or ANY_CALL), _judged(call, arrived)
    exchange = replace(arrived.exchange, body=arrived.exchange.body[: Limits().body_kept])
    phases = exchange.phases
    evidence = without_secrets(
        Evidence(slot, call.service_id, arrived.request, exchange, arrived.steps, judgement.results)
    )
    outcome = Outcome(
        id=slot, call=call, lag_ms=0, total_us=phases.total, dns_us=phases.dns, connect_us=phases.connect,
        tls_us=phases.tls, wait_us=phases.wait, body_bytes=exchange.body_bytes, status_code=exchange.status_code,
        failure=exchange.failure, verdict=judgement.verdict,
    )  # fmt: skip
    return Trial(outcome, detail_of(evidence), evidence.message)


def _judged(call: Call, arrived: Arrived) -> Judgement:
    if arrived.verdict is not None:
        return Judgement(arrived.verdict)  # each of its steps says why
    if arrived.exchange.status_code is None:
        return Judgement(Verdict.FAILED)
    return judge(arrived.exchange, expectation_of(call))
