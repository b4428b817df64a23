"""Celery's doors carry ids only, and every name on the timetable leads to one."""

import json
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone
from kombu.utils.json import dumps

from apiclient import partition, rollup, schedule, tasks, webhook
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Batch, Delivery, Due, Hint, Outcome
from apiclient.reap import end_what_stands_still
from apiclient.webhook import sender
from dashboard.celery import app
from tests.builders import make_call, make_location, make_outcome, make_webhook
from tests.target import Target


@pytest.fixture
def rung(monkeypatch):
    """What was announced, as it goes over the wire."""
    sent = []
    monkeypatch.setattr(tasks.run_batch, "apply_async", lambda args, queue: sent.append(json.loads(dumps(args))))
    return sent


def test_the_timetable_names_tasks_that_exist():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert tasks.run_batch.name in app.tasks
    assert all(entry["options"]["expires"] for entry in app.conf.beat_schedule.values())


def test_only_json_is_accepted_and_no_result_is_kept():
    assert app.conf.accept_content == ["json"] and app.conf.task_serializer == "json"
    assert app.conf.task_ignore_result
    assert current_app.conf.task_default_queue == "answerback"


@pytest.mark.django_db
def test_dispatch_claims_and_announces(rung):
    call = make_call(interval_seconds=2_592_000)
    Due.objects.filter(call=call).update(due_ms=now_ms())
    tasks.dispatch()
    assert rung == [[Batch.objects.get().pk]]
    tasks.dispatch()
    assert len(rung) == 1


@pytest.mark.django_db
def test_a_gap_too_long_for_one_claim_is_accounted_for_in_one_tick(rung, monkeypatch):
    monkeypatch.setattr(schedule, "CLAIM_SLOTS_PER_CALL", 30)
    call = make_call(interval_seconds=1)
    Due.objects.filter(call=call).update(due_ms=Due.objects.get(call=call).due_ms - 120_000)
    tasks.dispatch()
    assert Outcome.objects.filter(failure=Failure.MISSED).count() >= 90
    assert not schedule.is_behind(now_ms())
    tasks.dispatch()
    assert len(rung) == 1


@pytest.mark.django_db
def test_reaping_announces_what_waits(rung):
    batch = Batch.objects.create(slots=[], created_ms=now_ms() - 10_000, lease_ms=1)
    tasks.reap()
    assert rung == [[batch.pk]]


@pytest.mark.django_db
def test_a_run_on_demand_is_claimed_and_announced(rung):
    call = make_call(interval_seconds=None)
    slot = tasks.run_now(call)
    batch = Batch.objects.get()
    assert batch.slots == [slot]
    assert rung == [[batch.pk]]


@pytest.mark.django_db
def test_rolling_up_an_empty_database_is_quiet():
    tasks.roll_up()
    assert not Outcome.objects.exists()


@pytest.mark.django_db
def test_a_broker_that_is_away_loses_no_slot(monkeypatch):
    def refuse(*arguments, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.run_batch, "apply_async", refuse)
    call = make_call(interval_seconds=2_592_000)
    Due.objects.filter(call=call).update(due_ms=now_ms())
    with pytest.raises(ConnectionError):
        tasks.dispatch()
    assert len(Batch.objects.get().slots) == 1


@pytest.mark.django_db
def test_a_batch_is_announced_on_the_queue_of_its_location(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.run_batch, "apply_async", lambda args, queue: rung.append((queue, *args)))
    call = make_call(interval_seconds=2_592_000, locations=[make_location(name="Paris")])
    call.locations.add(0)
    Due.objects.filter(call=call).update(due_ms=now_ms())
    tasks.dispatch()
    batches = dict(Batch.objects.values_list("location__slug", "pk"))
    assert sorted(rung) == [("answerback", batches["default"]), ("answerback.paris", batches["paris"])]
    Batch.objects.update(created_ms=now_ms() - 10_000)
    rung.clear()
    tasks.reap()
    assert sorted(rung) == [("answerback", batches["default"]), ("answerback.paris", batches["paris"])]


@pytest.mark.usefixtures("no_partitions")
def test_partitions_are_made_by_the_timetable():
    tasks.make_partitions()
    assert len(partition.partitions()) == (0 if connection.vendor == "sqlite" else partition.DAYS_AHEAD + 2)


@pytest.mark.django_db
def test_what_is_old_goes_by_the_timetable(settings, caplog):
    settings.ANSWERBACK_KEEP_SUCCESSES = settings.ANSWERBACK_KEEP_FAILURES = 1
    old, young = (make_outcome(make_call(), due_at=timezone.now() - timedelta(days=days)) for days in (3, 0))
    rollup.close(now_ms())
    with caplog.at_level("INFO"):
        tasks.prune()
    assert list(Outcome.objects.all()) == [young]
    assert f"pruned failures: 1 rows of {old.due_at.date()}" in caplog.text


@pytest.mark.django_db
def test_outcomes_that_stay_locked_are_told_and_left_for_the_next_hour(monkeypatch, caplog):
    def locked(now_ms):
        raise partition.BusyError("The outcomes are locked.")

    monkeypatch.setattr(tasks.pruning, "prune", locked)
    tasks.prune()
    assert "not pruned: The outcomes are locked." in caplog.text


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite frees the locks of a process that is gone, no other")
@pytest.mark.django_db
def test_a_workers_connection_is_ended_when_it_stands_still_amid_a_transaction():
    tasks.leave_no_locks_behind()
    of_worker = connection.copy()
    try:
        with of_worker.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("10s",)
    finally:
        connection_created.disconnect(end_what_stands_still)
        of_worker.close()


@pytest.fixture
def told(monkeypatch):
    """How often the bell of webhooks was rung."""
    rings = []
    monkeypatch.setattr(tasks.tell, "delay", lambda: rings.append(1))
    return rings


@pytest.mark.django_db
def test_a_tick_rings_for_webhooks_only_where_something_waits(rung, told):
    hook = make_webhook()
    tasks.dispatch()
    assert told == []
    make_outcome(make_call(interval_seconds=None), 500)
    tasks.dispatch()
    assert told == [1] and Hint.objects.exists()
    Hint.objects.all().delete()
    tasks.send_test(hook)
    tasks.dispatch()
    assert told == [1] * 3


@pytest.mark.django_db
def test_without_a_broker_a_test_event_waits_for_the_next_tick(monkeypatch):
    def fail():
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.tell, "delay", fail)
    delivery = tasks.send_test(make_webhook())
    assert webhook.is_waiting(now_ms()) and tasks.send_again(delivery)


@pytest.mark.django_db(transaction=True)
def test_what_changed_is_told_by_one_task(no_partitions):
    with Target() as target:
        make_webhook(url=f"{target.url}/status/204")
        make_outcome(make_call(interval_seconds=None), 500)
        tasks.tell()
        webhook.drain()
        assert Delivery.objects.get().state == "delivered"
        tasks.tell()
        webhook.drain()
        assert len(target.requests) == 1
    sender.this_process().stop()
    sender._sender = None
