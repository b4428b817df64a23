"""Every check finds its figure, and says so when the database or the broker is down."""

import socket
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from apiclient import heartbeat
from apiclient.clock import now_ms
from apiclient.heartbeat import Pulse
from apiclient.models import Batch, Heartbeat
from dashboard.cache import address
from dashboard.doctor import examine
from dashboard.doctor.finding import Level

NAMES = ["database", "migrations", "clock", "tick", "workers", "slots", "missed", "webhooks", "partitions"]


@pytest.fixture(autouse=True)
def silent_broker(settings):
    """On a port that nobody listens on."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        settings.CELERY_BROKER_URL = f"redis://:planted@127.0.0.1:{trial.getsockname()[1]}/0"


def levels(findings):
    return {finding.name: finding.level for finding in findings}


def alive():
    heartbeat.tick(now_ms())
    Pulse("worker1@here", lambda: (1, 2), now_ms).beat()


@pytest.mark.django_db
def test_every_check_finds_something():
    alive()
    found = levels(examine.everything(now_ms()))
    assert list(found)[: len(NAMES)] == NAMES
    assert {found[name] for name in NAMES} == {Level.OK}
    assert {"broker", "cache", "disk", "open files", "settings"} <= set(found)
    assert found["broker"] is Level.PROBLEM


@pytest.mark.django_db
def test_an_installation_that_does_not_run_is_told():
    found = levels(examine.everything(now_ms()))
    assert (found["tick"], found["workers"], found["slots"]) == (Level.PROBLEM, Level.PROBLEM, Level.OK)
    Batch.objects.create(slots=[1], created_ms=0, lease_ms=1)
    assert levels(examine.everything(now_ms()))["slots"] is Level.PROBLEM


@pytest.mark.django_db
def test_a_worker_that_vanished_is_told_until_it_is_back():
    alive()
    Pulse("worker2@here", lambda: (1, 2), lambda: now_ms() - 60_000).beat()
    assert levels(examine.everything(now_ms()))["workers"] is Level.WARNING
    Pulse("worker2@here", lambda: (1, 2), now_ms).beat()
    assert levels(examine.everything(now_ms()))["workers"] is Level.OK


@pytest.mark.django_db
def test_a_worker_whose_clock_is_off_is_told_where_the_database_has_one_of_its_own():
    alive()
    Pulse("worker2@there", lambda: (1, 2), now_ms).beat()
    Heartbeat.objects.filter(name="worker2@there").update(clock_ms=-9_000)
    (clock,) = [finding for finding in examine.everything(now_ms()) if finding.name == "clock"]
    if connection.vendor == "sqlite":
        assert clock.level is Level.OK
    else:
        assert clock.level is Level.PROBLEM and "9.000 s behind that of worker2@there" in clock.said


@pytest.mark.django_db
def test_only_problems_are_pressing():
    assert {finding.name for finding in examine.pressing(now_ms())} == {"tick", "workers"}
    alive()
    assert examine.pressing(now_ms()) == []


@pytest.mark.django_db
def test_a_database_that_is_down_is_told_and_the_rest_is_looked_at():
    def refuse(*args):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        found = examine.everything(now_ms())
    assert found[0].level is Level.PROBLEM and "connection refused" in found[0].said
    assert "migrations, clock, tick" in found[1].said
    assert {"broker", "disk", "open files", "settings"} <= set(levels(found))


@pytest.mark.django_db
def test_the_command_prints_a_line_each_without_a_secret_and_exits_1_for_a_problem(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert all(line.split()[0] in ("ok", "warning", "problem") for line in lines)
    assert "planted" not in "".join(lines)


@pytest.mark.django_db
def test_the_command_prints_json_and_ends_well_when_all_is(capsys, monkeypatch):
    import json

    alive()
    monkeypatch.setattr(examine.broker, "depths", lambda url, queues: dict.fromkeys(queues, 3))
    call_command("doctor", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["level"] in ("ok", "warning")
    assert {"name": "queue", "level": "ok", "said": "3 messages wait.", "advice": ""} in found["findings"]


def test_a_cache_that_is_away_is_a_warning(db, settings):
    assert levels(examine.everything(now_ms()))["cache"] is Level.OK
    settings.CACHES = settings.CACHES | {"shared": address.config("redis://:planted@127.0.0.1:1/0", "")}
    (found,) = [finding for finding in examine.everything(now_ms()) if finding.name == "cache"]
    assert found.level is Level.WARNING and "CACHE_URL" in found.advice and "planted" not in str(found)
