"""Beat goes on whatever is done to the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from celery.schedules import schedule

from dashboard import celery
from dashboard.beat import Scheduler


class Clock:
    """``every`` makes an interval by this clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def every(self, seconds: float) -> schedule:
        return schedule(timedelta(seconds=seconds), nowfun=lambda: self.now)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sent(monkeypatch):
    """The names of what was sent."""
    names: list[str] = []
    monkeypatch.setattr(Scheduler, "apply_entry", lambda self, entry, producer=None: names.append(entry.name))
    monkeypatch.setattr(Scheduler, "producer", None)
    return names


def tick(scheduler, clock, seconds):
    for _ in range(seconds):
        clock.now += timedelta(seconds=1)
        for _ in range(5):
            scheduler.tick()


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(seconds=-5), timedelta(hours=1)])
def test_everything_is_sent_as_often_after_the_clock_is_set(clock, sent, step):
    app = Celery("clocks", set_as_current=False)
    app.conf.beat_schedule = {
        "often": {"task": "a", "schedule": clock.every(1)},
        "seldom": {"task": "b", "schedule": clock.every(5)},
    }
    scheduler = Scheduler(app)
    tick(scheduler, clock, 12)
    before = len(sent)
    clock.now += step
    tick(scheduler, clock, 12)
    after = sent[before:]
    assert after.count("often") >= 11
    assert after.count("seldom") >= 2


def test_the_product_uses_it():
    assert celery.app.conf.beat_scheduler == f"{Scheduler.__module__}:{Scheduler.__name__}"
