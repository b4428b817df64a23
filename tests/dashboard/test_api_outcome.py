"""outcomes/: newest first, found by every filter word, shown with the server's own words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apiclient import record
from apiclient.catalogue import Failure, MissedBecause
from apiclient.http.exchange import Certificate, Hop
from apiclient.models import Outcome
from apiclient.slot import slot_id, to_ms
from tests.builders import make_call, make_location, make_outcome, make_service, write

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/outcomes/"


@pytest.fixture
def outcomes():
    """A 200 and a slow 401, then a 503 and no answer of another call."""
    good, bad = make_call(make_service(name="Good"), slow_after_ms=100), make_call(make_service(name="Bad"))
    now = timezone.now()
    return {
        "200": make_outcome(good, 200, due_at=now - timedelta(minutes=1)),
        "301": make_outcome(good, 301, due_at=now - timedelta(minutes=2), total_us=500_000),
        "503": make_outcome(bad, 503, due_at=now - timedelta(minutes=3), body=b'{"message": "out of beans"}'),
        "dns": make_outcome(bad, failure=Failure.DNS, due_at=now - timedelta(hours=3)),
    }


def test_an_outcome_in_the_list(admin_client, outcomes):
    row = admin_client.get(f"{ADDRESS}?limit=1").json()["results"][0]
    stored = outcomes["200"]
    assert row == {
        "id": str(stored.pk),
        "call": stored.call_id,
        "service": stored.call.service_id,
        "location": "default",
        "due_at": stored.due_at.isoformat().replace("+00:00", "Z"),
        "started_at": stored.started_at.isoformat().replace("+00:00", "Z"),
        "lag_ms": 3,
        "status_code": 200,
        "failure": None,
        "missed_because": None,
        "message": "OK",
        "code_class": "2xx",
        "category": "success",
        "verdict": "passed",
        "timings_ms": {"dns": 0.1, "connect": 0.2, "tls": 0.0, "wait": 6.0, "transfer": 5.7, "total": 12.0},
        "body_bytes": 0,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["200", "301", "503", "dns"]),
        ("service=bad", ["503", "dns"]),
        ("status_code=200,500-504", ["200", "503"]),
        ("code_class=3xx,none", ["301", "dns"]),
        ("category=server_error", ["503"]),
        ("failure=dns,tls", ["dns"]),
        ("verdict=degraded", ["301"]),
        ("since=-1h", ["200", "301", "503"]),
        ("until=-1h", ["dns"]),
        ("q=beans", ["503"]),
        ("service=good&verdict=failed", []),
    ],
)
def test_every_filter_word_selects(admin_client, outcomes, query, found):
    rows = admin_client.get(f"{ADDRESS}?{query}").json()["results"]
    assert [row["id"] for row in rows] == [str(outcomes[name].pk) for name in found]


def test_a_failure_has_no_code(admin_client, outcomes):
    row = admin_client.get(f"{ADDRESS}?failure=dns").json()["results"][0]
    assert (row["status_code"], row["failure"], row["message"]) == (None, "dns", "Name not resolved")
    assert (row["code_class"], row["category"]) == ("none", "no_response")


def test_one_outcome_comes_with_the_servers_own_words(admin_client):
    outcome = make_outcome(
        make_call(headers={"Authorization": "planted"}),
        500,
        reason="Oh Dear",
        http_version="1.1",
        remote_address="192.0.2.1",
        remote_port=80,
        headers=(("Content-Type", "text/plain"), ("Set-Cookie", "sid=planted")),
        body=b"no beans \xff",
        interim=(103,),
        redirects=(Hop("http://a.example/?token=planted", 302, "http://b.example/"),),
        certificate=Certificate("CN=a", "CN=b", datetime(2027, 1, 2, tzinfo=UTC)),
    )
    answer = admin_client.get(f"{ADDRESS}{outcome.pk}/")
    detail = answer.json()["detail"]
    assert detail["message"].startswith("no beans")
    assert detail["body"] == "no beans \ufffd"
    assert (detail["reason"], detail["http_version"], detail["interim"]) == ("Oh Dear", "1.1", [103])
    assert (detail["remote_address"], detail["remote_port"]) == ("192.0.2.1", 80)
    assert detail["request_headers"] == [{"name": "Authorization", "value": "•••"}]
    assert detail["headers"][0] == {"name": "Content-Type", "value": "text/plain"}
    assert detail["redirects"][0]["status_code"] == 302
    assert detail["certificate"] == {"subject": "CN=a", "issuer": "CN=b", "expires_at": "2027-01-02T00:00:00Z"}
    assert b"planted" not in answer.content


def test_an_outcome_without_kept_texts_says_so(admin_client):
    outcome = make_outcome(make_call(), detailed=False)
    assert admin_client.get(f"{ADDRESS}{outcome.pk}/").json()["detail"] is None


def test_outcomes_that_come_meanwhile_shift_no_page(admin_client):
    call, now = make_call(), timezone.now()
    ids = [str(make_outcome(call, due_at=now - timedelta(minutes=n)).pk) for n in range(1, 6)]
    first = admin_client.get(f"{ADDRESS}?limit=3").json()
    make_outcome(call, due_at=now - timedelta(seconds=1))
    second = admin_client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == ids
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "%00", "b3V0Y29tZT4", "Y2FsbD41", "b3V0Y29tZT45OTk5OTk5OTk5OTk5OTk5OTk5", "ü"])
def test_a_cursor_that_is_not_of_this_list_is_refused(admin_client, cursor):
    answer = admin_client.get(f"{ADDRESS}?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("pk", ["1", "9223372036854775807", "9223372036854775808", "99999999999999999999", "x"])
def test_no_outcome_is_a_404(admin_client, pk):
    assert admin_client.get(f"{ADDRESS}{pk}/").status_code == 404


def test_queries_do_not_grow_with_the_page(admin_client, django_assert_num_queries):
    for _ in range(3):
        call = make_call()
        for n in range(10):
            make_outcome(call, 500, due_at=timezone.now() - timedelta(minutes=n + 1))
    with django_assert_num_queries(4):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 30
    pk = Outcome.objects.first().pk
    with django_assert_num_queries(5):  # with the reference of its call
        admin_client.get(f"{ADDRESS}{pk}/")


def test_an_outcome_says_where_it_ran_and_why_it_was_missed(admin_client):
    paris, call = make_location(name="Paris"), make_call()
    slots = [slot_id(to_ms(timezone.now()) - ago * 1000, call.pk) for ago in (1, 2)]
    write([record.missed(slots[0], call.service_id, MissedBecause.NO_FREE_WORKER, paris.pk)])
    write([record.missed(slots[1], call.service_id, MissedBecause.SERVICE_LIMIT, 7)])
    rows = admin_client.get(ADDRESS).json()["results"]
    assert [(row["location"], row["failure"], row["missed_because"]) for row in rows] == [
        ("paris", "missed", "no_free_worker"),
        ("7", "missed", "service_limit"),  # a location since deleted
    ]
    assert admin_client.get(f"{ADDRESS}{slots[0]}/").json()["location"] == "paris"


def test_outcomes_are_found_by_where_they_ran(admin_client):
    paris, call = make_location(name="Paris"), make_call()
    mine, other = make_outcome(call, 200), make_outcome(call, 200, due_at=timezone.now() - timedelta(minutes=2))
    Outcome.objects.filter(pk=mine.pk).update(location=paris)
    both = [mine, other]
    for words, wanted in (("paris", [mine]), ("default", [other]), ("paris, default", both), ("", both)):
        rows = admin_client.get(ADDRESS, {"location": words}).json()["results"]
        assert [row["id"] for row in rows] == [str(one.pk) for one in wanted]
    answer = admin_client.get(f"{ADDRESS}?location=mars")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["parameter"], error["detail"]) == (
        "location",
        "'mars' is no location. Use one or more of default, paris, pushed.",
    )
