"""series/: counts over time by any of the seven groups."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/series/"


@pytest.fixture
def call():
    call, now = make_call(), timezone.now()
    for minute, code in enumerate((200, 200, 404, 503), start=5):
        make_outcome(call, code, due_at=now - timedelta(minutes=minute))
    make_outcome(call, failure=Failure.TLS, due_at=now - timedelta(minutes=10))
    return call


@pytest.mark.parametrize(
    ("group_by", "totals"),
    [
        ("code_class", {"2xx": 2, "4xx": 1, "5xx": 1, "none": 1}),
        ("category", {"success": 2, "client_error": 1, "server_error": 1, "no_response": 1}),
        ("status_code", {"200": 2, "404": 1, "503": 1}),
        ("failure", {"tls": 1}),
        ("verdict", {"passed": 2, "failed": 3}),
    ],
)
def test_groups_and_their_totals(admin_client, call, group_by, totals):
    answer = admin_client.get(f"{ADDRESS}?group_by={group_by}&since=-1h&step=1m").json()
    assert {group["key"]: group["total"] for group in answer["groups"]} == totals
    assert answer["total"] == sum(totals.values())
    for group in answer["groups"]:
        assert len(group["counts"]) == len(answer["times"])
        assert sum(group["counts"]) == group["total"]


@pytest.mark.parametrize("group_by", ["service", "call"])
def test_groups_of_things_have_their_names(admin_client, call, group_by):
    (group,) = admin_client.get(f"{ADDRESS}?group_by={group_by}").json()["groups"]
    thing = call if group_by == "call" else call.service
    assert (group["key"], group["label"], group["total"]) == (str(thing.pk), str(thing), 5)


def test_times_are_whole_steps_in_utc(admin_client, call):
    answer = admin_client.get(f"{ADDRESS}?since=2026-01-01T10:00:00Z&until=2026-01-01T11:00:00Z&step=15m").json()
    assert answer["step_seconds"] == 900
    assert answer["times"] == [f"2026-01-01T10:{minute}:00Z" for minute in ("00", "15", "30", "45")]
    assert (answer["since"], answer["until"]) == ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z")
    assert (answer["groups"], answer["total"]) == ([], 0)


def test_filters_join(admin_client, call):
    assert admin_client.get(f"{ADDRESS}?call={call.pk}&verdict=failed&code_class=4xx,5xx").json()["total"] == 2


@pytest.mark.parametrize(
    ("query", "word", "allowed"),
    [
        ("group_by=colour", "group_by", "code_class, category, status_code"),
        ("step=7m", "step", "1m, 5m, 15m, 1h, 6h, 1d"),
        ("step=1m&since=-300d", "step", "longer step"),
        ("since=-1h&until=-2h", "since", "before until"),
        ("verdict=fine", "verdict", "passed, degraded, failed"),
        ("cursor=x", "cursor", "group_by"),
    ],
)
def test_a_word_that_is_not_understood_is_named(admin_client, query, word, allowed):
    answer = admin_client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == word
    assert allowed in error["detail"]


def test_queries_are_bounded(admin_client, call, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        admin_client.get(f"{ADDRESS}?since=-30d&group_by=call")
