"""The mean of each phase over time, read from the outcomes of a call."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import phases
from apiclient.catalogue import Failure
from apiclient.phases import BLOCK_S, breakdown
from apiclient.selection import Selection
from apiclient.slot import EPOCH
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
HOUR_S = 3600
NOON = EPOCH + timedelta(days=2500, hours=12)


def selected(call, hours=4, **words) -> Selection:
    return Selection(NOON, NOON + timedelta(hours=hours), calls=frozenset({call.pk}), **words)


def totals(found) -> dict[str, float | None]:
    return {group.key: group.total for group in found.series.groups}


def test_each_step_has_the_mean_of_each_phase_and_the_series_that_of_all():
    call = make_call()
    for minutes, total_us in ((5, 1_000), (6, 3_000), (125, 8_000)):
        make_outcome(call, 200, due_at=NOON + timedelta(minutes=minutes), total_us=total_us)
    make_outcome(make_call(), 200, due_at=NOON, total_us=9_000_000)
    found = breakdown(selected(call), HOUR_S, 3)
    counts = {group.key: group.counts for group in found.series.groups}
    assert found.every_s == 0 and found.series.total == 3
    assert counts["wait"] == [1.0, None, 4.0, None] and counts["dns"] == [0.1, None, 0.1, None]
    assert counts["transfer"] == pytest.approx([0.7, None, 3.7, None])
    assert totals(found)["wait"] == 2.0


def test_the_phases_add_up_to_the_whole():
    call = make_call()
    make_outcome(call, 200, due_at=NOON, total_us=7_000)
    assert sum(totals(breakdown(selected(call), HOUR_S, 1)).values()) == pytest.approx(7.0)


def test_failures_count_only_where_they_are_asked_for():
    call = make_call()
    make_outcome(call, None, Failure.TIMEOUT, due_at=NOON)
    assert breakdown(selected(call), HOUR_S, 1).series.total == 0
    assert breakdown(selected(call, failures=frozenset({Failure.TIMEOUT})), HOUR_S, 1).series.total == 1


def test_nothing_measured_is_none():
    assert set(totals(breakdown(selected(make_call()), HOUR_S, 0)).values()) == {None}


def test_of_too_many_outcomes_whole_blocks_at_even_distances_are_read(monkeypatch):
    monkeypatch.setattr(phases, "MOST_ROWS", 100)
    call = make_call()
    for minutes in range(0, 48 * 60, 20):
        make_outcome(call, 200, due_at=NOON + timedelta(minutes=minutes), detailed=False)
    found = breakdown(selected(call, hours=48), HOUR_S, 300)
    assert found.every_s == 3 * BLOCK_S and 30 < found.series.total < 80
    assert found.series.step_seconds == 6 * HOUR_S
    measured = found.series.groups[0].counts[:-1]  # the last begins where the selection ends
    assert None not in measured


def test_the_block_that_is_filled_now_is_always_read(monkeypatch):
    monkeypatch.setattr(phases, "MOST_ROWS", 1)
    call, now = make_call(), timezone.now()
    make_outcome(call, 200, due_at=now)
    selection = Selection(now - timedelta(days=1), now + timedelta(minutes=1), calls=frozenset({call.pk}))
    assert breakdown(selection, 900, 97).series.total == 1
