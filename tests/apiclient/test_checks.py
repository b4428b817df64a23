"""A wrong setting is told before anything starts, with what is allowed."""

import pytest
from django.core.checks import run_checks

from apiclient import checks


def told():
    return {message.id: message.msg for message in run_checks() if str(message.id).startswith("answerback.")}


@pytest.fixture(autouse=True)
def no_stray_variables(monkeypatch):
    monkeypatch.delenv("ANSWERBACK_ALOWED_NETWORKS", raising=False)


def test_sound_settings_say_nothing():
    assert told() == {}


def test_a_network_that_is_none_is_named(settings):
    settings.ANSWERBACK_ALLOWED_NETWORKS = ["10.0.0.0/99"]
    assert told()["answerback.E001"].startswith("ANSWERBACK_ALLOWED_NETWORKS: ")
    assert "10.0.0.0/99" in told()["answerback.E001"]


@pytest.mark.parametrize("name", ["ANSWERBACK_CONCURRENCY", "ANSWERBACK_WORKERS", "ANSWERBACK_WEB_THREADS"])
def test_numbers_below_one_are_refused(settings, name):
    setattr(settings, name, 0)
    assert told() == {"answerback.E002": f"{name}: use a whole number of 1 or more, not 0."}


def test_logging_words_are_checked(settings):
    settings.LOG_LEVEL, settings.LOG_FORMAT = "LOUD", "xml"
    assert set(told()) == {"answerback.E003", "answerback.E004"}
    assert "DEBUG, INFO" in told()["answerback.E003"]


def test_a_misspelt_variable_is_told(monkeypatch):
    monkeypatch.setenv("ANSWERBACK_ALOWED_NETWORKS", "x")
    assert told() == {"answerback.W001": "ANSWERBACK_ALOWED_NETWORKS is set, but Answerback knows no such setting."}


@pytest.mark.parametrize("name", ["ANSWERBACK_WORKERS", "ANSWERBACK_ADMIN_PASSWORD_FILE", "ANSWERBACK_VAR_DIR"])
def test_known_variables_are_not(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    assert checks.unknown_variables() == []
