"""Many want the same at once: one asks, and all have its answer within their own time."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from apiclient.catalogue.failure import Failure
from apiclient.http import Door, Engine, Exchange, Guard, Limits, Request, Shared
from tests.target import Target


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as target:
        yield target


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(Guard(["127.0.0.1"]))
    engine.start()
    yield engine
    engine.stop()


def asking(target: Target, path: str, shared: Shared, timeout_ms: int = 5_000) -> Request:
    return Request("GET", target.url + path, limits=Limits(timeout_ms=timeout_ms), shared=shared)


def send_all(engine: Engine, requests: list[Request], door: Door | None = None) -> list[Exchange]:
    answers: list[Exchange] = []
    arrived = threading.Semaphore(0)

    def keep(exchange: Exchange) -> None:
        answers.append(exchange)
        arrived.release()

    for request in requests:
        engine.submit(request, keep, door=door)
    assert all(arrived.acquire(timeout=20) for _ in requests)
    return answers


def test_one_asks_for_all(engine: Engine, target: Target) -> None:
    before, shared = len(target.requests), Shared()
    answers = send_all(engine, [asking(target, "/delay/0.2", shared)] * 50)
    assert [answer.status_code for answer in answers] == [200] * 50
    assert len(target.requests) == before + 1
    assert all(answer.phases.total > 100_000 for answer in answers)


def test_who_comes_later_has_the_same_answer_at_once(engine: Engine, target: Target) -> None:
    shared = Shared()
    engine.send(asking(target, "/status/404", shared))
    before, began = len(target.requests), time.monotonic()
    late = engine.send(asking(target, "/status/404", shared))
    assert (late.status_code, len(target.requests)) == (404, before)
    assert late.started >= began and late.phases.total < 1_000_000


def test_a_failure_is_everybodys(engine: Engine, target: Target) -> None:
    shared = Shared()
    answers = send_all(engine, [asking(target, "/reset", shared)] * 20)
    assert {answer.failure for answer in answers} == {Failure.RESET}


def test_nobody_waits_beyond_the_own_time(engine: Engine, target: Target) -> None:
    shared, began = Shared(), time.monotonic()
    requests = [asking(target, "/hang", shared, ms) for ms in (2_000, *[300] * 20)]
    answers = send_all(engine, requests)
    assert {answer.failure for answer in answers} == {Failure.TIMEOUT}
    assert [answer.phases.total < 700_000 for answer in answers].count(True) == 20
    assert time.monotonic() - began < 4


def test_who_runs_out_of_time_leaves_the_asking_to_the_next(engine: Engine, target: Target) -> None:
    shared = Shared()
    answers = send_all(engine, [asking(target, "/delay/0.6", shared, ms) for ms in (300, 5_000, 5_000)])
    assert sorted(str(answer.status_code) for answer in answers) == ["200", "200", "None"]


def test_a_door_holds_nobody_up_who_waits_for_another(engine: Engine, target: Target) -> None:
    shared = Shared()
    answers = send_all(engine, [asking(target, "/delay/0.2", shared)] * 10, door=Door(1))
    assert [answer.status_code for answer in answers] == [200] * 10


def test_its_redirects_are_its_own(engine: Engine, target: Target) -> None:
    asked = replace(asking(target, "/redirect/2", Shared()), follow_redirects=True)
    before = len(target.requests)
    assert [answer.status_code for answer in send_all(engine, [asked] * 5)] == [200] * 5
    assert len(target.requests) == before + 3


def test_what_cannot_be_sent_ends_for_all(engine: Engine, target: Target) -> None:
    asked = replace(asking(target, "/", Shared()), headers=(("A", "b\nc"),))
    assert {answer.failure for answer in send_all(engine, [asked] * 5)} == {Failure.INTERNAL}
