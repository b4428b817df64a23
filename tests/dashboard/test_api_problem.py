"""Every error under /api/ is a problem of RFC 9457."""

import pytest
from django.db import connection

from apiclient.models import Call

pytestmark = pytest.mark.django_db
WORDS = {"type", "title", "status", "detail", "instance", "errors"}
RESOURCES = ("services", "calls", "outcomes", "series", "latency", "codes")


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
    for address in listed.values():
        assert admin_client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in RESOURCES), "schema/", "nowhere/", "calls/1/"])
def test_nothing_is_shown_to_a_stranger(client, path):
    problem(client.get(f"/api/v1/{path}"), 403)


def test_the_docs_ask_a_stranger_to_sign_in(client):
    answer = client.get("/api/docs/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "path", ["/api/nowhere/", "/api/v1/nowhere/", "/api/v2", "/api/v1/calls/1/", "/api/v1/calls/x/"]
)
def test_nothing_there(admin_client, path):
    assert path in problem(admin_client.get(path), 404)["detail"]


def test_an_address_without_its_last_slash_is_sent_on(admin_client):
    answer = admin_client.get("/api/v1/calls?limit=3")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/calls/?limit=3")


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_named_with_those_allowed(admin_client, name, method):
    if (method, name) == ("post", "outcomes"):
        pytest.skip("outcomes are pushed")
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


def test_a_fault_of_our_own_is_a_problem_too(admin_client, caplog):
    admin_client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Call._meta.db_table} RENAME TO elsewhere")
    found = problem(admin_client.get("/api/v1/calls/"), 500)
    assert Call._meta.db_table not in found["detail"]
    assert "Traceback" in caplog.text
