"""What is deleted is counted nowhere any more."""

import pytest

from apiclient.models import Outcome, OutcomeDetail, Rollup, Service, Step
from apiclient.rollup import close, fold, thin
from tests.builders import make_service
from tests.noon import DAY, HOUR, NOON, clean, filled, on_demand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["open", "folded", "closed", "a day closed", "thinned"])
def test_deleting_a_call_takes_its_outcomes_out_of_every_count(state):
    call = on_demand()
    same, other = on_demand(call.service), on_demand()
    for one in (call, same, other):
        filled(one, 15)
    if state != "open":
        fold(NOON + 5 * HOUR)
    if state in ("closed", "a day closed", "thinned"):
        close(NOON + (2 * HOUR if state == "closed" else 14 * HOUR))
    if state == "thinned":
        for days in (10, 11):
            thin(NOON + days * DAY)
    gone = call.pk
    call.delete()
    assert not Outcome.objects.filter(call=gone).exists()
    assert not OutcomeDetail.objects.exclude(outcome__in=Outcome.objects.all()).exists()
    assert not Rollup.objects.filter(call=gone).exists()
    assert Outcome.objects.filter(call=same).count() == 75
    for step in set(Rollup.objects.values_list("step", flat=True)):
        counts = [list(Rollup.objects.filter(step=step, **which).values_list("count", flat=True)) for which in WHOLE]
        assert step == Step.MINUTE or sum(counts[0]) == sum(counts[1]), step
    assert clean()


WHOLE = ({"service": None}, {"service__isnull": False, "call": None})


def test_deleting_the_only_call_leaves_no_cell():
    call = on_demand()
    filled(call, 15)
    close(NOON + 15 * HOUR)
    call.delete()
    assert not Rollup.objects.exists()
    assert clean()


@pytest.mark.parametrize("several", [False, True])
def test_deleting_a_service_deletes_all_that_is_its_own(several):
    services, other = [make_service(), make_service()], on_demand()
    for service in services:
        filled(on_demand(service), 15)
        filled(on_demand(service), 2)
    filled(other, 15)
    close(NOON + 14 * HOUR)
    if several:
        Service.objects.exclude(pk=other.service_id).delete()
    else:
        for service in services:
            service.delete()
    assert set(Outcome.objects.values_list("call", flat=True)) == {other.pk}
    assert set(Rollup.objects.values_list("service", flat=True)) == {other.service_id, None}
    assert clean()
