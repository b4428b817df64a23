"""An answer on its way: what takes judging is judged apart, what needs none goes straight through."""

from queue import SimpleQueue

from apiclient.answer import Answer, Judge
from apiclient.catalogue import Verdict
from apiclient.course import Arrived
from apiclient.expectation import Expectation
from apiclient.http import Exchange, Request
from apiclient.prepare import Prepared
from apiclient.schedule import Lease
from apiclient.slot import slot_id

REQUEST = Request("GET", "http://h/")
LEASE = Lease(1, 1, [slot_id(2, 1)], 1, 0)
READY = {"kind": "body", "is": "contains", "value": "ready"}


def answer(*checks, body=b"", arrived=None):
    call = Prepared(1, REQUEST, Expectation.of("", None, checks=checks))
    return Answer(LEASE, slot_id(2, 1), call, Exchange(status_code=200, body=body, body_bytes=len(body)), 0, arrived)


def test_a_plain_answer_is_not_judged_apart():
    assert not answer().takes_judging
    finished = answer().finished(None)
    assert (finished.verdict, finished.results) == (Verdict.PASSED, ())


def test_a_course_that_has_judged_itself_is_believed():
    arrived = Arrived(Exchange(status_code=200), REQUEST, verdict=Verdict.FAILED)
    assert not answer(READY, arrived=arrived).takes_judging
    assert answer(READY, arrived=arrived).finished(None).verdict is Verdict.FAILED
    assert answer(READY, arrived=Arrived(Exchange(status_code=200), REQUEST)).takes_judging


def test_what_waits_is_judged_before_the_judge_ends():
    judged = SimpleQueue()
    judge = Judge(judged.put)
    judge.take(answer(READY, body=b"x" * (100 << 10)))
    judge.take(answer(READY, body=b"ready"))
    judge.stop()
    failed, passed = judged.get(), judged.get()
    assert (failed.finished(None).verdict, passed.finished(None).verdict) == (Verdict.FAILED, Verdict.PASSED)
    assert [result.holds for result in failed.finished(None).results] == [True, False]
    assert passed.finished(None).results == ()
    assert len(failed.exchange.body) == 64 << 10
