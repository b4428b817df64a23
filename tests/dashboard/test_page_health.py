"""livez and readyz: asked by machines, without a login."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from dashboard.doctor import judge


def test_livez_answers_without_a_database(client):
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_says_ok_when_all_is_there(client):
    assert client.get("/readyz").content == b"ok"


@pytest.mark.django_db
def test_readyz_says_which_step_is_missing(client):
    ((_, newest),) = MigrationLoader(connection).graph.leaf_nodes("apiclient")
    MigrationRecorder(connection).record_unapplied("apiclient", newest)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and b"manage.py migrate" in answer.content


@pytest.mark.django_db
def test_readyz_says_when_a_newer_version_was_here(client):
    MigrationRecorder(connection).record_applied("apiclient", "9999_from_tomorrow")
    answer = client.get("/readyz")
    assert answer.status_code == 503 and b"newer version" in answer.content


@pytest.mark.django_db
def test_readyz_says_when_the_database_does_not_answer_and_not_where_it_is(client):
    def refuse(*args):
        raise OperationalError("connection to secret-host refused")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert answer.status_code == 503 and b"DATABASE_URL" in answer.content and b"secret-host" not in answer.content


@pytest.mark.django_db
def test_readyz_says_when_a_disk_is_full(client, monkeypatch):
    monkeypatch.setattr(judge, "DISK_FULL", 1 << 62)
    monkeypatch.setattr(judge, "DISK_LOW", 1 << 62)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"The disk is full. Free some space.")
