"""The course of a chain: each part sent once the one before has been as wanted, cleaning up whatever happens. Pure."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from apiclient.catalogue import Failure, Verdict
from apiclient.chain.capture import Capture, Missing
from apiclient.check import Result, Subject
from apiclient.classify import Judgement, judge, worst_of
from apiclient.course import Arrived, Course, Step, sum_of
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Limits, Request
from apiclient.message import message_of
from apiclient.placeholder import Plain, UnknownName

Build = Callable[[int, Mapping[str, str]], Request]
"""The request of a part, by its place, with what was taken filled in. ValueError in a sentence without secrets."""
BODY_KEPT = Limits().body_kept
"""Of a body that was read whole for what is taken from it."""
UNSENT = "Not sent, since a step before it failed."


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a chain: the call's own is the first."""

    name: str
    expectation: Expectation
    captures: tuple[Capture, ...] = ()
    always: bool = False


def chain(parts: Sequence[Part], build: Build, planned: Sequence[Request], limits: Expectation) -> Course:
    """``planned`` stand for requests that are never built; ``limits`` are the times for the whole of it."""
    walk = _Walk(limits)
    for place, part in enumerate(parts):
        request = walk.next_request(part, place, build, planned[place])
        if request is not None:
            exchange = yield replace(request, clean_up=part.always)
            walk.arrive(part, request, exchange)
    return walk.arrived()


@dataclass(slots=True)
class _Walk:
    """What a chain knows on its way."""

    limits: Expectation
    taken: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    began: float = 0.0
    failed: bool = False

    def next_request(self, part: Part, place: int, build: Build, planned: Request) -> Request | None:
        """None when the part is not sent, which is noted."""
        if self.failed and not part.always:
            self._note(part, planned, None, UNSENT)
            return None
        try:
            return build(place, self.taken)
        except ValueError as error:
            if self.failed and isinstance(error, UnknownName):
                self._note(part, planned, None, f"Not sent: nothing was taken for {{{{ {error.name} }}}}.")
            else:
                told = f"The request cannot be sent: {error}"
                self._note(part, planned, Exchange(failure=Failure.INTERNAL, error=told), told)
            return None

    def arrive(self, part: Part, request: Request, exchange: Exchange) -> None:
        """Judge an answer, and take from it what the next ones need."""
        self.began = self.began or exchange.started
        judgement, subject = judge(exchange, part.expectation), Subject(exchange, datetime.now(UTC))
        told = _told(exchange, judgement)
        # Taken from an answer that failed, too: what cleans up after it needs its session.
        missing = self._take(part, subject)
        if missing and judgement.verdict is not Verdict.FAILED:
            judgement, told = Judgement(Verdict.FAILED, judgement.results), missing
        exchange.body = exchange.body[:BODY_KEPT] if judgement.verdict is Verdict.FAILED else b""
        self._note(part, request, exchange, told, judgement)

    def _take(self, part: Part, subject: Subject) -> str:
        """The sentence about the first that was missing, '' when none was."""
        missing = ""
        for capture in part.captures:
            try:
                self.taken[capture.name] = Plain(capture.take(subject))
            except Missing as error:
                missing = missing or str(error)
        return missing

    def _note(
        self,
        part: Part,
        request: Request,
        exchange: Exchange | None,
        message: str,
        judgement: Judgement | None = None,
    ) -> None:
        if exchange and judgement is None:
            judgement = Judgement(Verdict.FAILED)
        verdict = judgement.verdict if judgement else None
        self.failed |= verdict is Verdict.FAILED
        results = tuple((one.sentence, one.holds) for one in judgement.results) if judgement else ()
        started = exchange.started if exchange and exchange.started else time.monotonic()
        start_us = int((started - self.began) * 1_000_000) if self.began else 0
        self.steps.append(Step(part.name, request, exchange, verdict, message, max(0, start_us), part.always, results))

    def arrived(self) -> Arrived:
        """The worst of all, the first of those that are as bad; its time is that of all."""
        sent = [(step, step.exchange) for step in self.steps if step.exchange]
        step, exchange = max(sent, key=lambda one: one[0].verdict or 0)
        whole = replace(exchange, phases=sum_of([one.phases for _, one in sent]))
        late = worst_of(_times(whole, self.limits))
        secrets = frozenset(self.taken.values()).union(*(one.request.secrets for one in self.steps))
        request = replace(step.request, secrets=secrets)
        return Arrived(whole, request, tuple(self.steps), max(step.verdict or Verdict.FAILED, late))


def _times(whole: Exchange, limits: Expectation) -> tuple[Result, ...]:
    """Whether all of it was in time; nothing where no answer came back whole."""
    code = whole.status_code
    times = replace(limits, codes=frozenset({code or 0}), checks=(), documented=())
    return judge(whole, times).results[1:] if code is not None else ()


def _told(exchange: Exchange, judgement: Judgement) -> str:
    """Why an answer is not as wanted, with the server's own words; '' when it is."""
    told = next((result.sentence for result in judgement.results if not result.holds), exchange.error)
    said = message_of(exchange.body, exchange.header("Content-Type")) if told and exchange.status_code else ""
    return f"{told} {said}".strip()
