"""calls/: listed and shown with when they are due next."""

import pytest
from django.utils.dateparse import parse_datetime

from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/calls/"


def test_a_call_shows_its_address_and_its_schedule(admin_client):
    call = make_call(make_service(base_url="https://shop.example/api/"), path="/orders", interval_seconds=30)
    shown = admin_client.get(f"{ADDRESS}{call.pk}/").json()
    assert shown["url"] == "https://shop.example/api/orders"
    assert (shown["interval_seconds"], shown["cron"], shown["time_zone"]) == (30, "", "UTC")
    assert shown["timeout_ms"] == 10_000
    assert parse_datetime(shown["next_due_at"]) == call.next_due_at


def test_a_paused_call_is_due_never(admin_client):
    call = make_call(enabled=False)
    assert admin_client.get(f"{ADDRESS}{call.pk}/").json()["next_due_at"] is None


def test_no_secret_of_a_call_is_shown(admin_client):
    make_call(
        method="POST", path="/x?token=planted-1", headers={"Cookie": "planted-2"}, body='{"password": "planted-3"}'
    )
    answer = admin_client.get(ADDRESS)
    assert b"planted" not in answer.content
    assert answer.json()["results"][0]["body_bytes"] == 25


def test_calls_of_one_service_are_found_by_its_slug_or_id(admin_client):
    call, _ = make_call(make_service(name="Shop")), make_call()
    for word in ("shop", call.service_id):
        found = admin_client.get(f"{ADDRESS}?service={word}").json()["results"]
        assert [row["id"] for row in found] == [call.pk]


@pytest.mark.parametrize(
    ("query", "word", "allowed"),
    [
        ("service=nobody", "service", "Use its id or its slug"),
        ("verdict=failed", "verdict", "cursor, limit, service"),
        ("limit=501", "limit", "1 to 500"),
        ("service=1&service=2", "service", "joined by commas"),
    ],
)
def test_a_word_that_is_not_understood_is_named(admin_client, query, word, allowed):
    answer = admin_client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == word
    assert allowed in error["detail"]


def test_a_list_of_calls_takes_as_many_queries_as_one_call(admin_client, django_assert_num_queries):
    for _ in range(10):
        make_call()
    with django_assert_num_queries(5):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 10
