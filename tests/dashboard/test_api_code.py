"""codes/: every code with its meaning and how often it came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import all_meanings
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/codes/"


@pytest.fixture
def call():
    call, now = make_call(), timezone.now()
    for minute, code in enumerate((200, 404, 404, 299), start=1):
        make_outcome(call, code, due_at=now - timedelta(minutes=minute))
    make_outcome(call, 404, due_at=now - timedelta(days=3))
    return call


def rows(client, query=""):
    return {row["code"]: row for row in client.get(f"{ADDRESS}?{query}").json()["results"]}


def test_every_known_code_is_listed_once_with_its_count(admin_client, call):
    listed = rows(admin_client)
    assert {meaning.code for meaning in all_meanings()} <= listed.keys()
    assert (listed[200]["count"], listed[404]["count"], listed[500]["count"]) == (1, 2, 0)
    assert listed[404]["message"] == "Not Found"
    assert (listed[404]["code_class"], listed[404]["category"]) == ("4xx", "client_error")
    assert listed[404]["meanings"][0] == {"phrase": "Not Found", "origin": "IANA; RFC 9110"}


def test_a_code_of_no_registry_is_listed_when_it_came(admin_client, call):
    assert rows(admin_client)[299]["count"] == 1
    assert rows(admin_client)[299]["meanings"] == []


def test_the_count_is_of_the_range(admin_client, call):
    assert rows(admin_client, "since=-7d")[404]["count"] == 3


def test_filters_choose_what_is_listed(admin_client, call):
    assert list(rows(admin_client, "status_code=404,500-501")) == [404, 500, 501]
    assert {row["category"] for row in rows(admin_client, "category=server_error").values()} == {"server_error"}


def test_an_unknown_word_is_named(admin_client):
    answer = admin_client.get(f"{ADDRESS}?code=404")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "code"
    assert "status_code" in answer.json()["errors"][0]["detail"]


def test_queries_are_bounded(admin_client, call, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        rows(admin_client, "since=-30d")
