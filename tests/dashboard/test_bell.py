"""A queue that nobody serves stays short, and every other goes on."""

import pytest
from celery.beat import Scheduler
from kombu.exceptions import OperationalError

from apiclient import tasks
from dashboard import bell
from dashboard.celery import app


@pytest.fixture(autouse=True)
def broker(monkeypatch):
    """A real transport of Celery's that needs no server, and queues of ten messages."""
    monkeypatch.setattr(bell, "MOST_MESSAGES", 10)
    monkeypatch.setattr(bell, "_depths", {})
    usual = app.conf.broker_url
    app.conf.broker_url = "memory://"
    app._after_fork()
    with app.connection_for_write("memory://") as connection:  # whose queues outlive a connection
        for queue in ("answerback", "answerback.paris"):
            connection.SimpleQueue(queue).clear()
    yield app
    app.conf.broker_url = usual
    app._after_fork()


@pytest.mark.parametrize("look_every_s", [0.0, 60.0])
def test_a_queue_takes_so_many_messages_and_no_more(monkeypatch, look_every_s):
    monkeypatch.setattr(bell, "LOOK_EVERY_S", look_every_s)
    sent = [tasks.run_batch.apply_async((1,)) for _ in range(25)]
    assert bell.messages_in(app, "answerback") == 10
    assert [one is not None for one in sent] == [True] * 10 + [False] * 15


def test_a_full_queue_stops_no_other(monkeypatch):
    for _ in range(25):
        tasks.run_batch.apply_async((1,), queue="answerback.paris")
    assert tasks.run_batch.delay(1) is not None
    assert (bell.messages_in(app, "answerback"), bell.messages_in(app, "answerback.paris")) == (1, 10)


def test_what_was_read_makes_room_again(monkeypatch):
    monkeypatch.setattr(bell, "LOOK_EVERY_S", 0.0)
    for _ in range(25):
        tasks.run_batch.delay(1)
    with app.connection_for_read() as connection:
        connection.SimpleQueue("answerback").get(timeout=5).ack()
    assert [tasks.run_batch.delay(1) is not None for _ in range(2)] == [True, False]


def test_what_the_timetable_sends_is_counted_too(monkeypatch):
    monkeypatch.setattr(bell, "LOOK_EVERY_S", 0.0)
    app.loader.import_default_modules()
    beat = Scheduler(app)
    for _ in range(15):
        for entry in beat.schedule.values():
            beat.apply_async(entry, advance=False)
    assert bell.messages_in(app, "answerback") == 10


def test_a_full_queue_is_told_once(monkeypatch, caplog):
    monkeypatch.setattr(bell, "LOOK_EVERY_S", 0.0)
    for _ in range(25):
        tasks.run_batch.delay(1)
    assert [record.message for record in caplog.records if record.name == "dashboard.bell"] == [
        "The queue answerback holds 10 messages. Does any worker serve it?"
    ]


def test_a_broker_that_is_away_is_kombus_error():
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    app._after_fork()
    with pytest.raises(OperationalError):
        tasks.run_batch.delay(1)
