"""Short steps go when they are old, never before it is told that they are not to be read."""

import pytest

from apiclient.models import Rollup, Step
from apiclient.rollup import close, thin
from apiclient.rollup.closed import closed
from apiclient.rollup.thinning import MINUTES_KEPT_S, QUARTERS_KEPT_S
from tests.noon import DAY, HOUR, NOON, clean, filled, on_demand, outcome

pytestmark = pytest.mark.django_db
CLOSED = NOON + 3 * HOUR


def kept(step, **which):
    return sorted({start // 3600 - NOON // HOUR for start in starts(step, **which)})


def starts(step, **which):
    return Rollup.objects.filter(step=step, **which).values_list("start_s", flat=True)


@pytest.fixture
def call(db):
    call = on_demand()
    filled(call, 4)
    close(CLOSED + HOUR // 2)
    return call


def test_nothing_goes_before_its_time(call):
    assert thin(NOON + QUARTERS_KEPT_S * 1000) == 0
    assert closed().minutes_from_s < NOON // 1000 == closed().quarters_from_s
    assert clean()


def test_what_may_not_be_read_goes_an_hour_later(call):
    at = NOON + MINUTES_KEPT_S * 1000 + HOUR
    assert thin(at) == 0
    assert closed().minutes_from_s == NOON // 1000 + 3600
    assert closed().quarters_from_s == CLOSED // 1000
    assert kept(Step.MINUTE) == [0, 1, 2, 3] and clean()
    assert thin(at) == 0 and kept(Step.MINUTE) == [0, 1, 2, 3]
    assert thin(at + HOUR) == 8  # a minute and a quarter hour of each
    assert kept(Step.MINUTE) == [1, 2, 3]
    assert kept(Step.QUARTER, call=call) == [3]
    assert kept(Step.QUARTER, call=None) == [0, 1, 2, 3]
    assert kept(Step.HOUR, call=call) == [0, 1, 2]
    assert clean()


def thinned(call):
    """Everything is old, and yet what is not closed stays."""
    thin(NOON + 100 * DAY)
    outcome(call, 5 * HOUR)
    close(NOON + 5 * HOUR)
    thin(NOON + 200 * DAY)


def test_nothing_goes_that_is_not_closed(call):
    thinned(call)
    assert kept(Step.MINUTE) == [3, 5]
    assert closed().minutes_from_s == NOON // 1000 + 4 * 3600
    assert clean()


def test_a_late_outcome_of_a_thinned_span_is_counted_where_it_still_can_be(call):
    thinned(call)
    outcome(call, HOUR + 30, 503)
    assert clean()
    assert Rollup.objects.filter(step=Step.HOUR, status_code=503).count() == 3


def test_nothing_to_thin_where_nothing_is_closed(db):
    assert thin(NOON) == 0
