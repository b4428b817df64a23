"""When answering broke: whose fault it is decides what is said, and nothing is asked of a database that is gone."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client

pytestmark = pytest.mark.django_db


def fault(client, monkeypatch, error):
    """A page's answer when a question to the database ends so."""

    def asked(*_, **__):
        raise error("told to nobody")

    monkeypatch.setattr("apiclient.report.cells", asked)
    client.raise_request_exception = False
    return client.get("/codes/")


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_out_of_reach_is_said_with_what_to_do(admin_client, monkeypatch, error):
    answer = fault(admin_client, monkeypatch, error)
    content = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] == "10"
    assert "The database does not answer" in content and "doctor" in content and "told to nobody" not in content
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("error", [ValueError, ProgrammingError])
def test_a_fault_of_ours_is_said_without_its_words(admin_client, monkeypatch, error):
    answer = fault(admin_client, monkeypatch, error)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode() and b"told to nobody" not in answer.content


def test_a_form_without_its_token_is_told_in_the_same_look(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    answer = client.post("/preferences/theme/")
    content = answer.content.decode()
    assert answer.status_code == 403 and "This form has expired" in content
    assert "dashboard.css" in content and "<style" not in content
