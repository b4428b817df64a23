"""A change asked for twice is made once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apiclient import idempotency
from apiclient.clock import now_ms
from apiclient.idempotency import Answer, Claim, OtherRequestError, UnderWayError
from apiclient.models import Idempotency
from apiclient.prune import prune

pytestmark = pytest.mark.django_db
ANSWER = Answer(201, {"Location": "/x"}, "{}")


def begin(key="a", digest="d", owner="ann"):
    return idempotency.begin(owner, key, digest, timezone.now())


def test_the_first_has_the_claim_and_others_its_answer():
    claim = begin()
    assert isinstance(claim, Claim)
    with pytest.raises(UnderWayError):
        begin()
    idempotency.keep(claim, ANSWER)
    assert begin() == ANSWER
    with pytest.raises(OtherRequestError):
        begin(digest="other")
    assert isinstance(begin(owner="bob"), Claim)


def test_what_was_forgotten_begins_anew():
    idempotency.forget(begin())
    assert isinstance(begin(), Claim)


def test_a_crash_before_the_end_leaves_no_answer():
    claim = begin()
    with pytest.raises(RuntimeError), transaction.atomic():
        idempotency.keep(claim, ANSWER)
        raise RuntimeError
    assert Idempotency.objects.get().status is None


def test_who_was_given_up_can_keep_nothing():
    first = begin()
    Idempotency.objects.update(begun_at=timezone.now() - idempotency.GIVEN_UP)
    second = begin(digest="other")
    with pytest.raises(UnderWayError):
        idempotency.keep(first, ANSWER)
    idempotency.forget(first)
    idempotency.keep(second, ANSWER)
    assert begin(digest="other") == ANSWER


def test_pruning_takes_those_of_yesterday():
    for key, age in (("old", idempotency.KEPT + timedelta(minutes=1)), ("new", timedelta())):
        idempotency.keep(begin(key), ANSWER)
        Idempotency.objects.filter(key=key).update(begun_at=timezone.now() - age)
    assert [(one.kind, one.rows) for one in prune(now_ms()) if one.kind == "idempotency"] == [("idempotency", 1)]
    assert Idempotency.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_has_the_claim():
    both = Barrier(2)

    def one(_):
        both.wait(10)
        try:
            return type(begin()).__name__
        except UnderWayError:
            return "UnderWayError"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == ["Claim", "UnderWayError"]
