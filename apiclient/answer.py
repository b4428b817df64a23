"""An answer on its way from the engine to the database: judged, and made what is stored."""

from collections.abc import Callable
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from apiclient.catalogue import Failure, MissedBecause, Verdict
from apiclient.classify import FAILED, PASSED, Judgement, judge, verdict_of
from apiclient.confirm import Doubt
from apiclient.course import Arrived
from apiclient.http import Certificate, Exchange, Limits, Request
from apiclient.prepare import Prepared
from apiclient.record import Finished
from apiclient.schedule import Lease
from apiclient.slot import due_ms_of

BODY_KEPT = Limits().body_kept
"""Of a body that was read whole for its checks, once they are judged."""
TOO_LATE = Exchange(failure=Failure.MISSED, missed_because=MissedBecause.NO_FREE_WORKER)
PLAIN = Arrived(TOO_LATE, Request("GET", ""))
"""What a call of one request has besides its exchange: nothing."""

Shown = tuple[int | None, Certificate | None]
"""Of an answer as wanted, texts are kept where its code or its certificate is another than before."""


class Answer(NamedTuple):
    """One exchange; ``arrived`` where it was not the only one, ``judgement`` where code and slowness do not decide."""

    lease: Lease
    slot: int
    call: Prepared
    exchange: Exchange
    lag_ms: int | None
    arrived: Arrived | None = None
    judgement: Judgement | None = None

    @property
    def takes_judging(self) -> bool:
        """Whether its verdict is still to be found, and not by a glance at its code."""
        return not self.call.expectation.is_plain and (self.arrived is None or self.arrived.verdict is None)

    @property
    def shown(self) -> Shown:
        return self.exchange.status_code, self.exchange.certificate

    @property
    def by_hand(self) -> bool:
        """Whether somebody asked for it, and wants to see all of it."""
        return bool(due_ms_of(self.slot) & 1)

    def finished(self, shown_before: Shown | None) -> Finished:
        """What is stored of it; its texts only where they tell something."""
        exchange, arrived = self.exchange, self.arrived or PLAIN
        verdict, results = self.judgement or self._by_code_and_time(arrived)
        if verdict is PASSED and not self.by_hand:
            results = ()
        wanted = verdict is PASSED or not (verdict is FAILED or results)
        telling = self.by_hand or not wanted or shown_before != self.shown or bool(exchange.interim or arrived.steps)
        return Finished(
            slot=self.slot,
            service_id=self.call.service_id,
            exchange=replace(exchange, body=b"") if wanted and exchange.body and telling else exchange,
            verdict=verdict,
            lag_ms=self.lag_ms,
            request=(self.arrived or self.call).request if telling and self.lag_ms is not None else None,
            location_id=self.lease.location_id,
            steps=arrived.steps,
            results=results,
            doubt=self._doubt(verdict),
        )

    def _doubt(self, verdict: Verdict) -> Doubt | None:
        """What a second call is to confirm: a failure of something that was sent, and for the first time."""
        after_s, lease = self.call.confirm_after_s, self.lease
        if after_s is None or verdict is not FAILED or self.lag_ms is None or lease.confirms:
            return None
        return Doubt(self.slot, lease.location_id, after_s, self.call.request.limits.timeout_ms)

    def _by_code_and_time(self, arrived: Arrived) -> Judgement:
        exchange = self.exchange
        return Judgement(
            arrived.verdict or verdict_of(exchange.status_code, exchange.phases.total, self.call.expectation)
        )


class Judge:
    """A thread that judges: what takes long must hold up neither what is on the wire nor what is to be stored."""

    def __init__(self, then: Callable[[Answer], None]) -> None:
        self._then = then
        self._waiting: SimpleQueue[Answer | None] = SimpleQueue()
        self._thread = Thread(target=self._judge_forever, name="judge", daemon=True)
        self._thread.start()

    def take(self, answer: Answer) -> None:
        """Hand it on judged, soon; now where there is nothing to judge."""
        if answer.takes_judging:
            self._waiting.put(answer)
        else:
            self._then(answer)

    def stop(self) -> None:
        """Judge what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _judge_forever(self) -> None:
        while answer := self._waiting.get():
            judgement = judge(answer.exchange, answer.call.expectation)
            answer.exchange.body = answer.exchange.body[:BODY_KEPT]
            self._then(answer._replace(judgement=judgement))
