"""Every error under /api/ is a problem of RFC 9457."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError

pytestmark = pytest.mark.django_db
WORDS = {"type", "title", "status", "detail", "instance", "errors"}
RESOURCES = (
    "services", "calls", "answers", "secrets", "imports", "outcomes", "series", "latency", "codes", "tokens",
    "messages", "batches", "webhooks",
)  # fmt: skip
READ_ONLY = ("series", "latency", "codes", "messages", "batches")


def problem(answer, status):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found.keys() == WORDS
    assert found["status"] == status
    assert found["instance"] == answer.request["PATH_INFO"]
    return found


def test_the_root_lists_the_resources(admin_client):
    listed = admin_client.get("/api/v1/").json()
    assert tuple(listed) == RESOURCES
    for name, address in listed.items():
        assert admin_client.get(address).status_code == (405 if name == "imports" else 200)


@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in RESOURCES), "schema/", "nowhere/", "calls/1/"])
def test_nothing_is_shown_to_a_stranger(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert "Authorization: Bearer" in problem(answer, 401)["detail"]
    assert answer["WWW-Authenticate"] == 'Bearer realm="Answerback"'


def test_the_docs_ask_a_stranger_to_sign_in(client):
    answer = client.get("/api/docs/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "path", ["/api/nowhere/", "/api/v1/nowhere/", "/api/v2", "/api/v1/calls/1/", "/api/v1/calls/x/"]
)
def test_nothing_there(admin_client, path):
    assert path in problem(admin_client.get(path), 404)["detail"]


def test_the_address_is_told_as_one_may_be_written(admin_client):
    assert admin_client.get("/api/v1/calls/é/").json()["instance"] == "/api/v1/calls/%C3%A9/"


def test_an_address_without_its_last_slash_is_sent_on(admin_client):
    answer = admin_client.get("/api/v1/calls?limit=3")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/calls/?limit=3")


@pytest.mark.parametrize("name", READ_ONLY)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_named_with_those_allowed(admin_client, name, method):
    answer = getattr(admin_client, method)(f"/api/v1/{name}/", b"{nonsense", content_type="application/json")
    assert "GET" in problem(answer, 405)["detail"]
    assert "GET" in answer["Allow"]


def test_no_json_wanted(admin_client):
    problem(admin_client.get("/api/v1/calls/", headers={"Accept": "text/csv"}), 406)


def test_every_word_that_is_wrong_is_listed(admin_client):
    answer = admin_client.get("/api/v1/outcomes/?colour=red&since=yesterday&verdict=fine")
    found = problem(answer, 400)
    assert {error["parameter"] for error in found["errors"]} == {"colour", "since", "verdict"}
    assert all(error["detail"] for error in found["errors"])


def test_hostile_words_stay_words(admin_client):
    answer = admin_client.get("/api/v1/outcomes/", {"<script>": "1", "q": "\x00", "status_code": "9" * 10_000})
    assert len(problem(answer, 400)["errors"]) == 3


@pytest.mark.parametrize(
    ("error", "status"), [(ProgrammingError, 500), (ValueError, 500), (OperationalError, 503), (InterfaceError, 503)]
)
def test_a_fault_of_our_own_is_a_problem_too(admin_client, caplog, monkeypatch, error, status):
    def broken(*_, **__):
        raise error("told to nobody")

    admin_client.raise_request_exception = False
    monkeypatch.setattr("apiclient.report.series", broken)
    answer = admin_client.get("/api/v1/series/")
    assert "told to nobody" not in str(problem(answer, status))
    assert "Traceback" in caplog.text and ("Retry-After" in answer) == (status == 503)
