"""A wrong setting is told before anything starts, with what is allowed."""

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks

from apiclient import checks
from tests.builders import make_secret, make_service


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


def test_an_own_address_that_is_none_is_told(settings):
    settings.ANSWERBACK_URL = "status.example.org"
    assert told()["answerback.E003"].startswith("ANSWERBACK_URL: ")
    settings.ANSWERBACK_URL = "https://status.example.org"
    assert told() == {}


def test_counts_that_go_before_what_they_count_are_refused(settings):
    settings.ANSWERBACK_KEEP_SUCCESSES, settings.ANSWERBACK_KEEP_FAILURES, settings.ANSWERBACK_KEEP_ROLLUPS = 9, 8, 7
    sentences = [message.msg for message in checks.ages()]
    assert [sentence.partition(":")[0] for sentence in sentences] == [
        "ANSWERBACK_KEEP_FAILURES",
        "ANSWERBACK_KEEP_ROLLUPS",
    ]
    assert "8 days are fewer than the 9 of ANSWERBACK_KEEP_SUCCESSES" in sentences[0]
    assert "answerback.E002" in told()
    settings.ANSWERBACK_KEEP_SUCCESSES = settings.ANSWERBACK_KEEP_FAILURES = settings.ANSWERBACK_KEEP_ROLLUPS = 7
    assert checks.ages() == []


def deployed():
    found = run_checks(include_deployment_checks=True)
    return {message.id: message.msg for message in found if str(message.id).startswith("answerback.")}


@pytest.mark.django_db(databases=["default"])
def test_a_key_of_this_machine_and_secrets_that_cannot_be_read_are_told_before_deployment(settings):
    assert "var/secrets_key" in deployed()["answerback.W002"]
    settings.SECRETS_KEY_IN_VAR = False
    assert deployed() == {}
    make_secret(make_service(name="Shop"), name="key", value="planted-value")
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    assert "secret key of Shop" in deployed()["answerback.E004"]
    assert "planted" not in str(deployed())


def test_a_misspelt_variable_is_told(monkeypatch):
    monkeypatch.setenv("ANSWERBACK_ALOWED_NETWORKS", "x")
    assert told() == {"answerback.W001": "ANSWERBACK_ALOWED_NETWORKS is set, but Answerback knows no such setting."}


@pytest.mark.parametrize("name", ["ANSWERBACK_WORKERS", "ANSWERBACK_ADMIN_PASSWORD_FILE", "ANSWERBACK_VAR_DIR"])
def test_known_variables_are_not(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    assert checks.unknown_variables() == []
