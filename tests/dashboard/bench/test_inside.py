"""What the bench counts is what is stored."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure
from apiclient.models import Call, Due
from apiclient.slot import to_ms
from dashboard.bench import inside
from tests.builders import make_call, make_outcome


def test_quantiles_are_values_that_occurred():
    assert inside.quantiles(range(1, 101)) == {"p50": 51, "p99": 100}
    assert inside.quantiles([7]) == {"p50": 7, "p99": 7}
    assert inside.quantiles([]) == {"p50": None, "p99": None}


@pytest.mark.django_db
def test_a_seed_is_calls_that_come_due_together_and_some_that_hang():
    begin = inside.seed("http://127.0.0.1:1/", 200, 10)["begin_ms"]
    assert Call.objects.filter(path="/hang").count() == 20 and Call.objects.filter(path="/x").count() == 180
    due = list(Due.objects.values_list("due_ms", flat=True))
    assert len(due) == 200 and begin < min(due) and max(due) <= begin + 1000


@pytest.mark.django_db
def test_figures_tell_sent_from_missed():
    call, now = make_call(), timezone.now()
    for second in range(3):
        make_outcome(call, due_at=now - timedelta(seconds=second), lag_ms=5)
    make_outcome(call, failure=Failure.MISSED, due_at=now - timedelta(seconds=9), lag_ms=None)
    found = inside.figures(to_ms(now) - 60_000, to_ms(now) + 1)
    assert (found["sent"], found["missed"], found["lag_ms"]) == (3, 1, {"p50": 5, "p99": 5})
    assert inside.sizes()["outcomes"] > 0


@pytest.mark.django_db
def test_what_was_due_before_the_load_is_not_counted():
    call, now = make_call(), timezone.now()
    for second in (0, 100):
        make_outcome(call, due_at=now - timedelta(seconds=second), lag_ms=5)
    assert inside.count(to_ms(now) - 60_000)["sent"] == 1 and inside.count(0)["sent"] == 2


@pytest.mark.django_db
def test_only_the_seed_comes_due_once_the_timetable_was_cleared():
    old = make_call()
    inside.clear_timetable()
    inside.seed("http://127.0.0.1:1/", 3, 0)
    assert set(Due.objects.values_list("call", flat=True)) == set(
        Call.objects.exclude(pk=old.pk).values_list("pk", flat=True)
    )
