"""Signs of life: the last tick, and one row per worker process for as long as it lives and an hour beyond."""

import pytest
from django.db import connection

from apiclient import execute, heartbeat, tasks
from apiclient.clock import now_ms
from apiclient.heartbeat import ALIVE_MS, FORGET_MS, Pulse
from apiclient.models import Heartbeat, Tick

NOW = 200_000_000_000


class Clock:
    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms


def pulse(clock, name="worker1@here", load=(3, 100)):
    return Pulse(name, lambda: load, clock)


@pytest.mark.django_db
def test_each_tick_of_the_timetable_moves_the_one_row():
    assert heartbeat.last_tick_ms() is None
    before = now_ms()
    tasks.dispatch()
    tasks.dispatch()
    assert Tick.objects.count() == 1
    assert (heartbeat.last_tick_ms() or 0) >= before


@pytest.mark.django_db
def test_a_tick_after_the_first_is_one_statement(django_assert_num_queries):
    heartbeat.tick(NOW)
    with django_assert_num_queries(1):
        heartbeat.tick(NOW + 1000)
    assert heartbeat.last_tick_ms() == NOW + 1000


@pytest.mark.django_db
def test_a_heartbeat_moves_the_row_of_its_process():
    clock = Clock()
    one = pulse(clock)
    one.beat()
    clock.ms += 5_000
    one.beat()
    (row,) = heartbeat.workers(clock.ms)
    assert (row.started_ms, row.seen_ms, row.open_slots, row.capacity) == (NOW, NOW + 5_000, 3, 100)
    assert row.host and row.process


@pytest.mark.django_db
def test_a_worker_not_seen_for_a_while_is_not_alive_and_forgotten_in_an_hour():
    clock = Clock()
    pulse(clock, "gone@here").beat()
    clock.ms += ALIVE_MS + 1
    pulse(clock).beat()
    alive = {row.name: heartbeat.is_alive(row, clock.ms) for row in heartbeat.workers(clock.ms)}
    assert alive == {"gone@here": False, "worker1@here": True}
    clock.ms = NOW + FORGET_MS + 1
    pulse(clock).beat()
    assert not Heartbeat.objects.filter(name="gone@here").exists()


@pytest.mark.django_db
def test_two_live_processes_of_one_name_keep_a_row_each_and_a_dead_one_gives_way_to_its_successor():
    clock = Clock()
    pulse(clock)._begin()
    pulse(clock)._begin()
    assert Heartbeat.objects.count() == 2
    clock.ms += ALIVE_MS + 1
    pulse(clock)._begin()
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_a_row_taken_away_comes_back_with_the_next_heartbeat():
    one = pulse(Clock())
    one.beat()
    Heartbeat.objects.all().delete()
    one.beat()
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_at_once_and_takes_its_row_away_when_told_to_stop():
    seen = []

    def load():
        seen.append(True)
        return 1, 2

    one = Pulse("worker1@here", load, now_ms)
    one.start()
    one.stop()
    assert seen
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_stops_no_heartbeat():
    one = pulse(Clock())
    with connection.execute_wrapper(_refuse):
        one._guarded(one.beat)
    one._guarded(one.beat)
    assert Heartbeat.objects.count() == 1


def _refuse(execute, sql, params, many, context):
    from django.db import OperationalError

    raise OperationalError("gone")


def test_a_process_that_has_run_nothing_says_what_it_could_carry(settings, monkeypatch):
    monkeypatch.setattr(execute, "_runner", None)
    settings.ANSWERBACK_CONCURRENCY = 7
    assert execute.load() == (0, 7)
