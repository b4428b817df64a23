"""Whether the database can be worked with, told in one line that says what to do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from apiclient import database


@pytest.mark.django_db
def test_nothing_is_wrong_with_a_migrated_one():
    assert database.problem() is None
    assert database.migrations() == database.Migrations([], [])


@pytest.mark.django_db
def test_a_step_that_is_missing_is_counted():
    MigrationRecorder(connection).record_unapplied("apiclient", "0001_initial")
    assert "apiclient.0001_initial" in database.migrations().unapplied
    assert "not applied. Run manage.py migrate." in str(database.problem())


@pytest.mark.django_db
def test_a_step_of_a_newer_version_is_named():
    MigrationRecorder(connection).record_applied("apiclient", "9999_from_tomorrow")
    assert database.migrations().unknown == ["apiclient.9999_from_tomorrow"]
    said = str(database.problem())
    assert "newer version of Answerback (apiclient.9999_from_tomorrow)" in said and "Install that version" in said


@pytest.mark.django_db
def test_steps_of_other_applications_in_the_same_database_are_their_own_affair():
    MigrationRecorder(connection).record_applied("shop", "0042_prices")
    assert database.problem() is None


@pytest.mark.django_db
def test_it_knows_its_kind_and_version():
    assert database.version().split()[0] in ("PostgreSQL", "SQLite")
    assert database.version().split()[1][0].isdigit()


@pytest.mark.django_db
def test_its_clock_is_compared_where_it_has_one_of_its_own():
    difference = database.clock_difference()
    if connection.vendor == "sqlite":
        assert difference is None
    else:
        assert difference is not None and abs(difference) < timedelta(seconds=5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("there", "said"),
    [
        (
            {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 1, "NAME": "shop"},
            "127.0.0.1:1/shop",
        ),
        (
            {"ENGINE": "django.db.backends.sqlite3", "HOST": "", "PORT": "", "NAME": "/nowhere/at/all.sqlite3"},
            "/nowhere/at/all.sqlite3",
        ),
    ],
)
def test_one_that_does_not_answer_is_named_without_its_password(monkeypatch, there, said):
    config = connection.settings_dict | {"PASSWORD": "planted", "USER": "shop", "OPTIONS": {}} | there
    monkeypatch.setattr(database, "connection", load_backend(there["ENGINE"]).DatabaseWrapper(config, "default"))
    line = str(database.problem())
    assert f"the database {said} does not answer" in line and "correct DATABASE_URL" in line
    assert "planted" not in line and len(line.splitlines()) == 1
