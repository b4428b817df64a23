"""/metrics, read as Prometheus reads it: who may, what it tells, what it costs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apiclient import heartbeat, rollup
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.heartbeat import Pulse
from apiclient.http import Certificate
from apiclient.models import Batch, Call, Due
from apiclient.probe import Details
from dashboard.metrics.outcomes import Counted
from dashboard.pages import metrics
from tests.builders import make_call, make_outcome, make_service

TOKEN = "planted-token"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(metrics, "counted", Counted())
    monkeypatch.setattr(metrics, "details", Details())


@pytest.fixture
def scrape(client, settings):
    settings.ANSWERBACK_METRICS_TOKEN = TOKEN

    def read():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return Scraped(answer.content.decode())

    return read


class Scraped:
    def __init__(self, text: str) -> None:
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def value(self, name: str, **labels: str) -> float | None:
        """The only sample of that name with these labels among its own."""
        found = [one.value for one in self.samples if one.name == name and labels.items() <= one.labels.items()]
        assert len(found) <= 1, found
        return found[0] if found else None


def test_strangers_are_told_how_to_be_let_in(client, settings):
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert b"ANSWERBACK_METRICS_TOKEN" in answer.content
    settings.ANSWERBACK_METRICS_TOKEN = TOKEN
    for given in ("Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xff"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 401
    assert client.get(f"/metrics?token={TOKEN}").status_code == 401


def test_people_with_a_login_are_let_in(admin_client):
    assert admin_client.get("/metrics").status_code == 200


def test_a_database_that_is_down_is_told(client, settings):
    settings.ANSWERBACK_METRICS_TOKEN = TOKEN

    def refuse(*args):
        raise OperationalError("connection to secret-host refused")

    with connection.execute_wrapper(refuse):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503 and b"secret-host" not in answer.content


def test_an_empty_installation_tells_of_itself(scrape):
    found = scrape()
    assert found.value("answerback_open_slots") == 0
    assert found.value("answerback_workers") == 0
    assert found.value("answerback_waiting_deliveries") == found.value("answerback_given_up_deliveries") == 0
    assert "answerback_last_tick_age_seconds" not in found.families


def test_slots_workers_and_the_timetable(scrape):
    now = now_ms()
    heartbeat.tick(now - 2_000)
    Pulse("worker1@here", lambda: (1, 4), now_ms).beat()
    Pulse("worker1@here", lambda: (2, 6), now_ms).beat()
    Batch.objects.create(slots=[1, 2], created_ms=now, lease_ms=1)
    Batch.objects.create(slots=[3], created_ms=0, lease_ms=1)
    found = scrape()
    assert [found.value(f"answerback_{name}_slots") for name in ("open", "waiting", "overdue")] == [3, 3, 1]
    assert 2 <= (found.value("answerback_last_tick_age_seconds") or 0) < 60
    assert found.value("answerback_workers") == 2
    assert found.value("answerback_worker_open_slots", worker="worker1@here") == 3
    assert found.value("answerback_worker_capacity_slots", worker="worker1@here") == 10


def test_outcomes_are_counted_by_call_class_and_verdict_and_failures_by_kind(scrape):
    call = make_call(make_service(name="Shop"), name="List")
    for minutes, answer in enumerate((200, 200, 404, Failure.TIMEOUT, Failure.MISSED), start=1):
        code, failure = (None, answer) if isinstance(answer, Failure) else (answer, None)
        make_outcome(call, code, failure, due_at=timezone.now() - timedelta(minutes=minutes))
    found = scrape()

    def outcomes(code_class, verdict):
        labels = {"service": "shop", "call": "list", "code_class": code_class, "verdict": verdict}
        return found.value("answerback_outcomes_total", **labels)

    assert (outcomes("2xx", "passed"), outcomes("4xx", "failed"), outcomes("none", "failed")) == (2, 1, 2)
    assert found.value("answerback_failures_total", service="shop", failure="missed") == 1
    assert found.value("answerback_failures_total", service="shop", failure="timeout") == 1
    assert found.families["answerback_outcomes"].type == "counter"


def test_durations_are_a_histogram_of_what_came_back_whole(scrape):
    call = make_call(make_service(name="Shop"))
    for minutes, total_us in enumerate((3_000, 40_000, 40_000, 700_000), start=1):
        make_outcome(call, total_us=total_us, due_at=timezone.now() - timedelta(minutes=minutes))
    make_outcome(call, failure=Failure.TIMEOUT, total_us=10_000_000)
    found = scrape()

    def bucket(le):
        return found.value("answerback_outcome_duration_seconds_bucket", service="shop", le=le)

    assert [bucket(le) for le in ("0.005", "0.025", "0.05", "0.5", "1", "+Inf")] == [1, 1, 3, 3, 4, 4]
    assert found.value("answerback_outcome_duration_seconds_count", service="shop") == 4
    assert found.value("answerback_outcome_duration_seconds_sum", service="shop") == pytest.approx(0.783, rel=0.03)


def test_counters_grow_with_what_comes_and_never_fall(scrape):
    call = make_call(make_service(name="Shop"))
    other = make_call(call.service)
    hour_ago = timezone.now() - timedelta(hours=3)
    make_outcome(call, due_at=hour_ago)
    make_outcome(other, due_at=hour_ago)

    def counted():
        found = scrape()
        return (
            found.value("answerback_outcomes_total", call=call.slug),
            found.value("answerback_outcome_duration_seconds_count", service="shop"),
        )

    assert counted() == counted() == (1, 2)
    Call.objects.update(enabled=False)
    Due.objects.all().delete()
    assert rollup.close(now_ms()) > 0
    assert counted() == (1, 2)
    make_outcome(call)
    assert counted() == (2, 3)
    other.delete()
    assert counted() == (2, 3)
    make_outcome(call, due_at=timezone.now() - timedelta(seconds=30))
    make_outcome(call, due_at=timezone.now() - timedelta(seconds=20))
    assert counted()[0] == 4


def test_the_start_lag_of_the_last_five_minutes(scrape):
    call, now = make_call(), timezone.now()
    for number in range(100):
        make_outcome(call, lag_ms=number, due_at=now - timedelta(seconds=10 + number))
    make_outcome(call, lag_ms=9_000, due_at=now - timedelta(minutes=7))
    make_outcome(call, failure=Failure.MISSED, lag_ms=None, due_at=now - timedelta(seconds=5))
    found = scrape()
    assert found.value("answerback_start_lag_seconds", quantile="0.5") == pytest.approx(0.049)
    assert found.value("answerback_start_lag_seconds", quantile="0.99") == pytest.approx(0.098)


def test_the_latest_outcome_stands_under_blackbox_exporters_names(scrape):
    service = make_service(name="Shop", base_url="https://user.example/api")
    call = make_call(service, name="List", path="/list?api_key=planted-secret&page=2")
    expires_at = datetime(2030, 1, 2, tzinfo=UTC)
    make_outcome(
        call,
        due_at=timezone.now() - timedelta(minutes=2),
        http_version="HTTP/1.1",
        certificate=Certificate("CN=shop", "CN=ca", expires_at),
    )
    last = make_outcome(call, total_us=20_000, body_bytes=77, detailed=False)
    found = scrape()

    def probe(name, **labels):
        return found.value(name, service="shop", call="list", **labels)

    assert probe("probe_success") == 1
    assert probe("probe_duration_seconds") == 0.02
    assert probe("probe_http_status_code") == 200
    assert (probe("probe_http_version"), probe("probe_http_redirects"), probe("probe_http_ssl")) == (1.1, 0, 1)
    assert probe("probe_http_content_length") == probe("probe_http_uncompressed_body_length") == 77
    assert probe("probe_ssl_earliest_cert_expiry") == expires_at.timestamp()
    phases = {name: probe("probe_http_duration_seconds", phase=name) for name in ("resolve", "connect", "processing")}
    assert phases == {"resolve": 0.0001, "connect": 0.0002, "processing": 0.01}
    assert probe("answerback_latest_outcome_timestamp_seconds") == last.due_at.timestamp()
    assert "planted-secret" not in found.text and "page=2" in found.text


def test_a_call_without_an_answer_has_no_code_and_a_paused_one_no_probe(scrape):
    silent, paused = make_call(name="Silent"), make_call(name="Paused")
    make_outcome(silent, failure=Failure.CONNECT_REFUSED, error="planted error text")
    make_outcome(paused)
    paused.enabled = False
    paused.save()
    found = scrape()
    assert found.value("probe_success", call="silent") == 0
    assert found.value("probe_http_status_code", call="silent") == 0
    assert found.value("probe_http_version", call="silent") is None
    assert found.value("probe_success", call="paused") is None
    assert "planted" not in found.text


def test_whatever_a_url_holds_the_text_can_be_read(scrape):
    make_outcome(make_call(make_service(base_url='http://127.0.0.1:9/a"b'), path='/"}1'))
    instance = next(one.labels["instance"] for one in scrape().samples if one.name == "probe_success")
    assert instance == 'http://127.0.0.1:9/a"b/"}1'


def test_queries_are_as_many_for_many_calls_as_for_one(scrape):
    def queries():
        scrape()
        with CaptureQueriesContext(connection) as caught:
            scrape()
        return len(caught)

    make_outcome(make_call())
    few = queries()
    service = make_service()
    for number in range(30):
        make_outcome(make_call(service), due_at=timezone.now() - timedelta(seconds=number))
    assert queries() == few <= 24
