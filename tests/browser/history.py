"""A day of the example before it was started: what its own answers would have been at each slot.

Run inside the installation that is filled.
"""

from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit
from zlib import crc32

from django.db.models import F

from apiclient import rollup
from apiclient.catalogue import Failure
from apiclient.classify import verdict_of
from apiclient.clock import now_ms
from apiclient.example import answers
from apiclient.example.calls import MISSPELT, SWITCHED_OFF, load_example
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Phases, Request
from apiclient.models import Call, Service
from apiclient.record import Finished
from apiclient.slot import slot_id
from tests.builders import write

DAY_S = 26 * 3600
RARER = 10
TOUR_S = 60
"""The tour of every code would outnumber all else, which no API does."""
AT_ONCE = 2_000
SLOWED = 15
"""The example's spells of trouble take minutes; a day shows better where they take hours."""
ELSEWHERE = {SWITCHED_OFF["name"]: Failure.CONNECT_REFUSED, MISSPELT["name"]: Failure.DNS}
BROKEN = {
    "garbage": Failure.PROTOCOL, "reset": Failure.RESET, "close": Failure.RESET, "truncated": Failure.RESET,
    "hang": Failure.TIMEOUT, "loop": Failure.TOO_MANY_REDIRECTS,
}  # fmt: skip
QUIET = Phases(dns=120, connect=180, tls=0, wait=400, transfer=90)


def fill(port: int) -> None:
    """The example's calls, each rarer than usual, with what came back since yesterday; they are paused."""
    load_example(port)
    _set_running(False)
    Call.objects.update(interval_seconds=F("interval_seconds") * RARER)
    Call.objects.filter(path="/tour").update(interval_seconds=TOUR_S)
    finished = sorted((one for call in Call.objects.select_related("service") for one in _day(call)), key=_slot)
    for begin in range(0, len(finished), AT_ONCE):
        write(finished[begin : begin + AT_ONCE])
    rollup.close(now_ms())


def go_on() -> None:
    """Let them run, from now on."""
    _set_running(True)


def _set_running(enabled: bool) -> None:
    for service in Service.objects.all():
        service.enabled = enabled
        service.save()


def _slot(one: Finished) -> int:
    return one.slot


def _day(call: Call) -> Iterator[Finished]:
    expectation, numbers = Expectation.of(call.expected_codes, call.slow_after_ms), count()
    until_ms = now_ms()
    for due_ms in range(until_ms - DAY_S * 1000, until_ms, (call.interval_seconds or TOUR_S) * 1000):
        exchange = _exchange(call, next(numbers), due_ms)
        verdict = verdict_of(exchange.status_code, exchange.phases.total, expectation)
        failed = exchange.status_code is None or exchange.status_code >= 400
        request = Request(call.method, call.url, tuple(call.headers.items())) if failed else None
        yield Finished(slot_id(due_ms, call.pk), call.service_id, exchange, verdict, lag_ms=2, request=request)


def _exchange(call: Call, number: int, due_ms: int) -> Exchange:
    name, _, argument = urlsplit(call.path).path.strip("/").partition("/")
    if failure := ELSEWHERE.get(call.service.name) or BROKEN.get(name):
        return Exchange(failure=failure, phases=_phases(call.timeout_ms / 1000 if name == "hang" else 0.001, number))
    headers = {header.lower(): value for header, value in call.headers.items()}
    now = due_ms / 1000 / SLOWED
    given = answers.answer(name, answers.Asked(call.method, argument, headers, number, now))
    head, _, body = given.data.partition(b"\r\n\r\n")
    if not head:
        return Exchange(failure=Failure.RESET, phases=_phases(given.wait_s, number))
    lines = tuple(line + b"\r\n" for line in head.split(b"\r\n")[1:])
    code = int(head.split()[1])
    return Exchange(status_code=code, phases=_phases(given.wait_s, number), head=lines, body=body, body_bytes=len(body))


def _phases(wait_s: float, number: int) -> Phases:
    """With a little more or less, as it is on a wire."""
    phases = QUIET._replace(wait=QUIET.wait + int(wait_s * 1_000_000) + crc32(f"wire:{number}".encode()) % 3_000)
    return phases._replace(total=sum(phases[:-1]))
