"""Partitions are there before their day, rows that came without one move into it, and nobody is kept waiting long."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from apiclient import partition
from apiclient.catalogue import Verdict
from apiclient.clock import now_ms
from apiclient.models import Outcome
from apiclient.partition import DAY, DAY_MS, DAYS_AHEAD, BusyError, make, name_of, partitions
from apiclient.slot import to_ms
from tests.builders import make_call, make_outcome

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TODAY = to_ms(NOON) // DAY_MS
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has partitions")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_partitions")]


@pytest.fixture(autouse=True)
def no_partitions(db):
    for day in partitions():
        partition.drop(day)


def rows_of(table):
    return [pk for (pk,) in partition._rows(f"SELECT id FROM {table} ORDER BY id")]


def outcomes(*moments, call=None, **fields):
    call = call or make_call(interval_seconds=None)
    return [make_outcome(call, due_at=moment, detailed=False, **fields).pk for moment in moments]


def in_thread(work):
    problems = []

    def run():
        try:
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, problems


@pytest.mark.skipif(connection.vendor == "postgresql", reason="of SQLite")
def test_sqlite_has_none():
    assert make(now_ms()) == partitions() == []
    partition.analyze(now_ms())
    assert not partition.exists()


@on_postgresql
def test_partitions_are_made_a_week_ahead_once():
    days = [*range(TODAY - 1, TODAY + DAYS_AHEAD + 1)]
    assert make(to_ms(NOON)) == days == partitions()
    assert make(to_ms(NOON)) == []
    assert make(to_ms(NOON) + DAY_MS) == [days[-1] + 1]
    assert name_of(TODAY) == "apiclient_outcome_20260304"


@on_postgresql
def test_a_fresh_installation_has_them_from_the_start():
    call_command("migrate", verbosity=0)
    assert now_ms() // DAY_MS + DAYS_AHEAD in partitions()


@on_postgresql
def test_a_row_that_fits_no_partition_is_stored_and_moved_when_its_day_is_made():
    moments = [NOON, NOON - timedelta(days=40), NOON - timedelta(days=40, hours=1), NOON + timedelta(days=90)]
    stored = sorted(outcomes(*moments))
    assert rows_of(partition.REST) == stored
    make(to_ms(NOON))
    assert rows_of(partition.REST) == []
    assert rows_of("apiclient_outcome") == stored
    assert rows_of(name_of(TODAY - 40)) == stored[:2]
    assert {TODAY - 40, TODAY, TODAY + 90} <= set(partitions())


@on_postgresql
def test_a_row_is_found_in_its_partition_as_soon_as_there_is_one():
    make(to_ms(NOON))
    assert outcomes(NOON) == rows_of(name_of(TODAY))
    first, last = TODAY * DAY, (TODAY + 1) * DAY - 1
    call = make_call()
    for pk in (first, last):
        Outcome.objects.create(id=pk, call=call, status_code=200, verdict=Verdict.PASSED)
    assert {first, last} <= set(rows_of(name_of(TODAY)))


@on_postgresql
def test_rows_of_no_day_that_can_have_a_partition_stay_and_stop_nothing():
    for pk in (-1, -(1 << 62), (1 << 63) - 1):
        Outcome.objects.create(id=pk, call=make_call(), status_code=200, verdict=Verdict.PASSED)
    assert TODAY in make(to_ms(NOON))
    assert len(rows_of(partition.REST)) == 3


@on_postgresql
def test_statistics_of_the_day_that_is_being_filled_are_renewed():
    make(to_ms(NOON))
    outcomes(*[NOON + timedelta(seconds=n) for n in range(30)])
    partition.analyze(to_ms(NOON))
    assert partition._rows("SELECT reltuples FROM pg_class WHERE relname = %s", name_of(TODAY)) == [(30,)]


@on_postgresql
def test_thinning_leaves_what_did_not_pass():
    moments = [NOON + timedelta(minutes=n) for n in range(10)]
    outcomes(*moments[:6])
    kept = outcomes(*moments[6:], status_code=500)
    make(to_ms(NOON))
    before = partition._rows("SELECT indexdef FROM pg_indexes WHERE tablename = %s", name_of(TODAY))
    assert partition.thin(TODAY) == 6
    assert rows_of(name_of(TODAY)) == rows_of("apiclient_outcome") == kept
    after = partition._rows("SELECT indexdef FROM pg_indexes WHERE tablename = %s", name_of(TODAY))
    assert len(after) == len(before) == 3
    late = outcomes(NOON - timedelta(hours=1), status_code=500)
    assert rows_of(name_of(TODAY)) == late + kept


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_holds_the_outcomes_too_long_is_told_and_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(partition, "TRIES", 2)
    monkeypatch.setattr(partition, "PAUSE_S", 0)
    stored = outcomes(NOON)
    make(to_ms(NOON))
    locked, done = Event(), Event()

    def hold():
        with transaction.atomic():
            rows_of("apiclient_outcome")
            locked.set()
            done.wait(30)

    thread, problems = in_thread(hold)
    assert locked.wait(30)
    for work in (partition.drop, partition.thin):
        with pytest.raises(BusyError, match="try again later"):
            work(TODAY)
    done.set()
    thread.join()
    assert problems == [] and rows_of(name_of(TODAY)) == stored
    partition.drop(TODAY)
    assert rows_of("apiclient_outcome") == []


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_making_thinning_and_dropping_lose_nothing_of_a_writer_and_fail_none():
    call = make_call(interval_seconds=None)
    old = [NOON - timedelta(days=3, seconds=n) for n in range(20)]
    outcomes(*old, call=call)
    written, stop = outcomes(NOON - timedelta(days=2), call=call, status_code=503), Event()

    def write():
        for n in range(300):
            written.extend(outcomes(NOON + timedelta(seconds=2 * n), call=call))
            written.extend(outcomes(NOON - timedelta(days=2, seconds=2 * n + 1), call=call, status_code=500))
            if stop.is_set():
                break

    thread, problems = in_thread(write)
    make(to_ms(NOON))
    partition.thin(TODAY - 2)
    partition.drop(TODAY - 3)
    partition.thin(TODAY - 2)
    stop.set()
    thread.join()
    assert problems == []
    assert rows_of("apiclient_outcome") == sorted(written)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_days_do_not_disturb_each_other():
    stored = outcomes(NOON, NOON - timedelta(days=5))
    works = [in_thread(lambda: make(to_ms(NOON))) for _ in range(3)]
    for thread, _ in works:
        thread.join()
    assert [problems for _, problems in works] == [[], [], []]
    assert rows_of("apiclient_outcome") == sorted(stored)
    assert rows_of(partition.REST) == []
