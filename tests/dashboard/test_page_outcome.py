"""One outcome, and the list of them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from apiclient import record
from apiclient.catalogue import Failure, MissedBecause, Verdict
from apiclient.http.exchange import Certificate, Hop
from apiclient.models import Outcome
from apiclient.slot import slot_id, to_ms
from dashboard.pages.outcome import PAGE, phases, reason
from tests.builders import make_call, make_location, make_outcome, make_service, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="List", headers={"Authorization": "Bearer planted"})


def minutes_ago(minutes: float):
    return timezone.now() - timedelta(minutes=minutes)


def page(client, outcome) -> str:
    answer = client.get(f"/outcomes/{outcome.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_error_shows_what_was_sent_and_what_the_server_said(admin_client, call):
    outcome = make_outcome(
        call, 422, reason="Odd phrase", http_version="1.1", remote_address="127.0.0.1", remote_port=8080,
        headers=(("Content-Type", "application/json"), ("Set-Cookie", "session=planted")),
        body=b'{"message": "amount is required"}', body_bytes=33,
    )  # fmt: skip
    content = page(admin_client, outcome)
    for words in ("Unprocessable Content", "Odd phrase", "amount is required", "127.0.0.1", "HTTP/1.1", "RFC 9110"):
        assert words in content
    assert "planted" not in content and "Authorization" in content


def test_every_meaning_of_a_code_is_shown(admin_client, call):
    content = page(admin_client, make_outcome(call, 420))
    assert "Enhance Your Calm" in content and "Method Failure" in content


def test_a_code_in_no_registry_says_so(admin_client, call):
    assert "in no registry" in page(admin_client, make_outcome(call, 299))


def test_a_failure_says_what_to_check(admin_client, call):
    outcome = make_outcome(call, None, Failure.TLS, error="certificate has expired")
    content = page(admin_client, outcome)
    assert "Check the certificate" in content and "certificate has expired" in content and "No answer" in content


def test_certificate_redirects_and_interim_answers_are_shown(admin_client, call):
    outcome = make_outcome(
        call, 500, interim=(103,), redirects=(Hop("http://a.example/?token=planted", 302, "/login"),),
        certificate=Certificate("CN=a.example", "CN=R11", timezone.now() + timedelta(days=9, hours=1)),
    )  # fmt: skip
    content = page(admin_client, outcome)
    for words in ("CN=a.example", "9 days left", "/login", "302", "103"):
        assert words in content
    assert "planted" not in content


def test_a_success_without_texts_says_that_none_were_kept(admin_client, call):
    assert "Headers and body were not kept" in page(admin_client, make_outcome(call, 200, detailed=False))


def test_a_body_that_was_not_kept_is_not_called_absent(admin_client, call):
    assert "12 B that were not kept" in page(admin_client, make_outcome(call, 200, body_bytes=12))
    assert "The answer had no body" in page(admin_client, make_outcome(call, 204, due_at=minutes_ago(3)))


def _svg(text: str) -> str:
    """The chart by class: the last picture of the page."""
    return text[text.rindex("This call over time") :].partition("</svg>")[0]


@pytest.mark.parametrize("days", [0.01, 40])
def test_the_chart_shows_the_time_of_the_outcome_however_old_it_is(admin_client, call, days):
    outcome = make_outcome(call, 503, due_at=timezone.now() - timedelta(days=days))
    make_outcome(make_call(), 503, due_at=outcome.due_at)
    (bar,) = re.findall(
        r"code_class=5xx&amp;since=([\d:T-]+)Z&amp;until=([\d:T-]+)Z", _svg(page(admin_client, outcome))
    )
    assert bar[0] <= f"{outcome.due_at:%Y-%m-%dT%H:%M}" < bar[1]


def test_the_range_of_the_chart_is_in_the_address(admin_client, call):
    outcome = make_outcome(call, 503)
    answer = admin_client.get(f"/outcomes/{outcome.pk}/?since=-7d")
    assert f'href="/outcomes/{outcome.pk}/?since=-7d" aria-current="true"' in answer.content.decode()
    bad = admin_client.get(f"/outcomes/{outcome.pk}/?since=banana")
    assert bad.status_code == 200
    assert "banana" in bad.content.decode()


def test_nothing_was_sent_for_a_missed_slot(admin_client, call):
    outcome = make_outcome(call, None, Failure.MISSED, detailed=False, lag_ms=None, total_us=0)
    Outcome.objects.filter(pk=outcome.pk).update(dns_us=0, connect_us=0)
    assert "Nothing was sent" in page(admin_client, outcome)


def test_neighbours_are_of_the_same_call(admin_client, call):
    first, second, third = (make_outcome(call, 200, due_at=minutes_ago(ago)) for ago in (9, 6, 3))
    make_outcome(make_call(call.service), 200, due_at=minutes_ago(5))
    context = admin_client.get(f"/outcomes/{second.pk}/").context
    assert (context["previous"], context["next"]) == (first.pk, third.pk)


@pytest.mark.parametrize(
    ("expected", "slow_after_ms", "code", "words"),
    [
        ("", None, 200, "200 is among the codes that this call expects (1xx, 2xx, 3xx)."),
        ("401", None, 401, "401 is among the codes that this call expects (401)."),
        ("", None, 404, "404 is not among the codes that this call expects (1xx, 2xx, 3xx)."),
        ("", 5, 200, "200 is expected, but it took 12 ms, longer than 5 ms."),
    ],
)
def test_the_reason_is_a_sentence(call, expected, slow_after_ms, code, words):
    call.expected_codes, call.slow_after_ms = expected, slow_after_ms
    call.save()
    assert reason(make_outcome(call, code)) == words


def test_a_verdict_from_before_an_edit_is_not_explained_by_what_is_expected_now(call):
    outcome = make_outcome(call, 401)
    outcome.call.expected_codes = "401"
    assert outcome.judgement is Verdict.FAILED
    assert "has been changed since" in reason(outcome)


def test_phases_without_time_are_left_out(call):
    assert [phase.key for phase in phases(make_outcome(call, 200))] == ["dns", "connect", "wait", "transfer"]


def test_the_list_is_walked_page_by_page_and_back(admin_client, call):
    wanted = [make_outcome(call, 200, due_at=minutes_ago(ago), detailed=False).pk for ago in range(1, PAGE + 11)]
    first = admin_client.get("/outcomes/?since=-24h").context
    assert [outcome.pk for outcome in first["outcomes"]] == wanted[:PAGE] and first["newer"] == ""
    second = admin_client.get(first["older"]).context
    assert [outcome.pk for outcome in second["outcomes"]] == wanted[PAGE:] and second["older"] == ""
    back = admin_client.get(second["newer"]).context
    assert [outcome.pk for outcome in back["outcomes"]] == wanted[:PAGE] and back["newer"] == ""


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("status_code=404", [404]),
        ("status_code=500-504", [503]),
        ("code_class=4xx,5xx", [503, 404]),
        ("category=success", [200]),
        ("failure=dns", [None]),
        ("verdict=passed", [200]),
        ("q=disk", [503]),
        ("call=shop/list&verdict=failed&category=client_error", [404]),
        ("service=shop&until=-1h", []),
    ],
)
def test_every_filter_word_narrows_the_list(admin_client, call, words, codes):
    make_outcome(call, 200, due_at=minutes_ago(4))
    make_outcome(call, 404, due_at=minutes_ago(3))
    make_outcome(call, 503, due_at=minutes_ago(2), body=b"disk full", headers=(("Content-Type", "text/plain"),))
    make_outcome(call, None, Failure.DNS, due_at=minutes_ago(1))
    context = admin_client.get(f"/outcomes/?{words}").context
    assert [outcome.status_code for outcome in context["outcomes"]] == codes
    assert context["view"].problems == {}


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30, "1e3", "٣"])
def test_a_cursor_from_elsewhere_shows_the_newest_and_says_so(admin_client, call, cursor):
    make_outcome(call, 200)
    context = admin_client.get("/outcomes/", {"before": cursor}).context
    assert len(context["outcomes"]) == 1 and "before" in context["view"].problems


def test_queries_do_not_grow_with_outcomes(admin_client, django_assert_max_num_queries, call):
    for ago in range(1, 30):
        make_outcome(call, 500, due_at=minutes_ago(ago), body=b"boom", headers=(("Content-Type", "text/plain"),))
    with django_assert_max_num_queries(11):
        admin_client.get("/outcomes/")


def test_a_missed_slot_says_why_what_to_do_and_where(admin_client, call):
    paris = make_location(name="Paris")
    slot = slot_id(to_ms(minutes_ago(1)), call.pk)
    write([record.missed(slot, call.service_id, MissedBecause.NO_FREE_WORKER, paris.pk)])
    content = admin_client.get(f"/outcomes/{slot}/").content.decode()
    assert "Nothing was sent: no worker was free in time." in content
    assert escape(MissedBecause.NO_FREE_WORKER.advice) in content
    assert "Paris" in content


def test_an_outcome_of_a_location_since_deleted_is_shown(admin_client, call):
    outcome = make_outcome(call, 200)
    Outcome.objects.update(location=7)
    assert "location 7, since deleted" in admin_client.get(f"/outcomes/{outcome.pk}/").content.decode()
