"""The requests of one slot: sent one after another within one time limit, and one bad course harms no other slot."""

import time
from dataclasses import replace

import pytest

from apiclient.catalogue import Failure, MissedBecause
from apiclient.course import MOST_REQUESTS, Arrived, Step, Voyage, once, sum_of, through
from apiclient.http import Door, Engine, Exchange, Guard, Limits, Phases, Request
from tests.target import Target


@pytest.fixture(scope="module")
def target():
    with Target() as serving:
        yield serving


@pytest.fixture(scope="module")
def engine():
    engine = Engine(Guard(["127.0.0.0/8"]))
    engine.start()
    yield engine
    engine.stop()


def get(target, path, timeout_ms=2_000, **fields):
    return Request("GET", f"{target.url}{path}", limits=Limits(timeout_ms=timeout_ms), **fields)


def sail(engine, course, request):
    """How the course arrived; ``request`` has the slot's limits."""
    voyage = Voyage(lambda: course, request, time.monotonic())
    if (first := voyage.begin()) is not None:
        engine.send(first, then=voyage.go_on)
    return voyage.arrived


def one_by_one(*requests):
    exchanges = []
    for request in requests:
        exchanges.append((yield request))
    return Arrived(exchanges[-1], requests[-1], tuple(Step("", request, None, None) for request in requests))


def test_each_request_follows_the_answer_before(engine, target):
    requests = [get(target, f"/status/{code}") for code in (200, 201, 404)]
    before = len(target.requests)
    arrived = sail(engine, one_by_one(*requests), requests[0])
    assert arrived.exchange.status_code == 404
    assert [asked.path for asked in target.requests[before:]] == ["/status/200", "/status/201", "/status/404"]
    assert arrived.exchange.started > 0


def test_a_plain_call_is_a_course_of_one(engine, target):
    request = get(target, "/status/204")
    assert sail(engine, once(request), request).exchange.status_code == 204


def test_what_follows_gets_what_is_left_of_the_time(engine, target):
    began = time.monotonic()
    requests = [get(target, "/delay/0.3", 500), get(target, "/hang", 500), get(target, "/status/200", 500)]
    arrived = sail(engine, one_by_one(*requests), requests[0])
    assert arrived.exchange.failure is Failure.TIMEOUT and "before it could be sent" in arrived.exchange.error
    assert time.monotonic() - began < 1


def test_what_cleans_up_is_sent_when_the_time_is_over(engine, target):
    hanging, leaving = get(target, "/hang", 200), get(target, "/status/204", 200, clean_up=True)
    assert sail(engine, one_by_one(hanging, leaving), hanging).exchange.status_code == 204


def test_what_cleans_up_ends_five_seconds_after_the_time(engine, target):
    hanging, leaving = get(target, "/hang", 200), get(target, "/hang", 60_000, clean_up=True)
    began = time.monotonic()
    assert sail(engine, one_by_one(hanging, leaving), hanging).exchange.failure is Failure.TIMEOUT
    assert 4.5 < time.monotonic() - began < 6


def test_an_error_of_a_course_is_a_failure_of_its_slot_and_tells_no_secret(engine, target, caplog):
    def bad():
        yield get(target, "/status/200")
        raise ValueError("-".join(("planted", "secret")))

    arrived = sail(engine, bad(), get(target, "/status/200"))
    assert arrived.exchange.failure is Failure.INTERNAL and "ValueError" in arrived.exchange.error
    assert "planted-secret" not in arrived.exchange.error + caplog.text and "in bad" in caplog.text


@pytest.mark.parametrize("course", [lambda: iter(()), lambda: 1 / 0], ids=["ends with nothing", "cannot be made"])
def test_a_course_that_is_none_is_a_failure(course):
    voyage = Voyage(course, Request("GET", "http://127.0.0.1/"), 0.0)
    assert voyage.begin() is None
    assert voyage.arrived.exchange.failure is Failure.INTERNAL


def test_a_course_without_end_is_stopped(engine, target):
    def endless():
        while True:
            yield get(target, "/status/200", 20_000)

    before = len(target.requests)
    assert sail(engine, endless(), get(target, "/status/200", 20_000)).exchange.failure is Failure.INTERNAL
    assert len(target.requests) - before == MOST_REQUESTS


def test_where_nothing_could_be_sent_the_course_does_not_go_on(target):
    request = get(target, "/status/200")
    voyage = Voyage(lambda: one_by_one(request, request), request, 0.0)
    voyage.begin()
    assert voyage.go_on(Exchange(failure=Failure.MISSED, missed_because=MissedBecause.SERVICE_LIMIT)) is None
    assert voyage.arrived.exchange.failure is Failure.MISSED


def test_a_slot_keeps_its_place_at_the_door_until_it_ends(engine, target):
    door, order = Door(1), []
    first, others = get(target, "/delay/0.1"), get(target, "/status/201")
    voyage = Voyage(lambda: one_by_one(first, get(target, "/status/200")), first, 0.0)
    engine.submit(voyage.begin(), lambda exchange: order.append("chain"), door=door, then=voyage.go_on)
    engine.submit(others, lambda exchange: order.append("other"), door=door)
    end = time.monotonic() + 5
    while len(order) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert order == ["chain", "other"] and door.inside == 0


def test_a_course_may_be_changed_on_its_way(engine, target):
    request = get(target, "/status/200")
    signed = through(one_by_one(request, request), lambda one: replace(one, headers=(("X-Signed", "yes"),)))
    arrived = sail(engine, signed, request)
    assert [asked.headers.get("x-signed") for asked in target.requests[-2:]] == ["yes", "yes"]
    assert arrived.request.headers == (("X-Signed", "yes"),)


def test_times_are_added_up_by_phase():
    assert sum_of([Phases(1, 2, 3, 4, 5, 15), Phases(10, 20, 30, 40, 50, 150)]) == Phases(11, 22, 33, 44, 55, 165)
    assert sum_of([]) == Phases()
