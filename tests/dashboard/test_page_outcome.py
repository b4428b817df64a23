"""One outcome, and the list of them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.html import escape

from apiclient import record
from apiclient.catalogue import Failure, MissedBecause, Verdict
from apiclient.http.exchange import Certificate, Hop
from apiclient.models import Batch, Outcome, OutcomeDetail
from apiclient.slot import from_ms, slot_id, to_ms
from dashboard.pages.outcome import PAGE, command, phases, reason
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


def test_the_registrys_phrase_leads_to_its_rfc(admin_client, call):
    content = page(admin_client, make_outcome(call, 413))
    assert "Request Entity Too Large" in content  # the table's
    assert 'Content Too Large, <a href="https://www.rfc-editor.org/rfc/rfc9110"' in content


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


def test_a_json_body_is_set_out_and_kept_as_it_came(admin_client, call):
    outcome = make_outcome(call, 500, body=b'{"b":1.50,"a":"<i>"}', body_bytes=20)
    content = page(admin_client, outcome)
    assert escape('{\n  "b": 1.50,\n  "a": "<i>"\n}') in content and escape('{"b":1.50,"a":"<i>"}') in content


def test_the_request_is_given_as_a_command_without_its_secrets(admin_client, call):
    call.method, call.body = "POST", '{"password": "planted", "again": "Bearer planted", "n": 1}'
    call.save()
    for outcome in (make_outcome(call, 500), make_outcome(call, 200, detailed=False, due_at=minutes_ago(3))):
        content = page(admin_client, outcome)
        command = content[content.index('id="curl"') :].partition("</pre>")[0]
        assert "--request POST" in command and "Authorization: •••" in command and "n&quot;: 1" in command
        assert "planted" not in content


def test_the_command_is_of_the_request_that_was_sent(call):
    outcome = make_outcome(call, 500)
    call.path = "/moved"
    call.save()
    assert call.url not in command(Outcome.objects.get(pk=outcome.pk))
    quiet = make_outcome(call, 200, detailed=False, due_at=minutes_ago(3))
    assert call.url in command(quiet)


def test_a_call_that_cannot_be_sent_has_no_command(admin_client, call):
    outcome = make_outcome(call, 500, detailed=False)
    type(call).objects.update(headers=["no", "object"])
    assert "As a curl command" not in page(admin_client, outcome)


def test_other_outcomes_with_the_same_message_are_shown(admin_client, call):
    text = (("Content-Type", "text/plain"),)
    first, second = (
        make_outcome(call, 500, body=b"disk %d full" % n, headers=text, due_at=minutes_ago(9 - n)) for n in (1, 2)
    )
    elsewhere = make_outcome(make_call(call.service), 503, body=b"disk 7 full", headers=text, due_at=minutes_ago(4))
    make_outcome(call, 500, body=b"out of memory", headers=text, due_at=minutes_ago(3))
    make_outcome(make_call(), 500, body=b"disk 8 full", headers=text, due_at=minutes_ago(2))
    context = admin_client.get(f"/outcomes/{first.pk}/").context
    assert [outcome.pk for outcome in context["alike"]] == [elsewhere.pk, second.pk]


def test_markup_marks_and_endless_words_are_shown_as_text(admin_client):
    call = make_call(make_service(name="<i>s\u202e"), name="<b>n</b>\u202e🙂", headers={"X-Odd": "<u>" + "v" * 5000})
    outcome = make_outcome(
        call, 500, reason="<s>\u202e", error="<q>\u202e",
        body=('{"message": "<p9>\u202e🙂' + "x" * 10_000 + '"}').encode(),
        headers=(("Content-Type", "application/json"), ("X-H", "<h>" + "h" * 9_000)),
        redirects=(Hop("http://a.example/<a1>", 302, "/<a2>\u202e"),),
        certificate=Certificate("<c1>", "<c2>\u202e", None),
    )  # fmt: skip
    content = page(admin_client, outcome)
    for tag in ("<i>s", "<b>n", "<u>v", "<s>", "<q>", "<p9>", "<h>h", "<a1>", "<a2>", "<c1>", "<c2>"):
        assert tag not in content and escape(tag) in content
    assert "\u202e" not in content and "🙂" in content


def test_queries_of_an_outcome_do_not_grow_with_its_like(admin_client, django_assert_max_num_queries, call):
    for ago in range(1, 15):
        outcome = make_outcome(
            call, 500, due_at=minutes_ago(ago), body=b"boom", headers=(("Content-Type", "text/plain"),)
        )
    admin_client.get("/codes/")  # the process knows now that nothing is pressing
    with django_assert_max_num_queries(16):
        admin_client.get(f"/outcomes/{outcome.pk}/")


def test_while_it_waits_the_page_asks_again_until_the_outcome_is_there(admin_client, call):
    slot = slot_id(to_ms(timezone.now()), call.pk)
    Batch.objects.create(slots=[slot], created_ms=0, lease_ms=1)
    waiting = admin_client.get(f"/outcomes/{slot}/")
    assert waiting.status_code == 202 and f'hx-get="/outcomes/{slot}/"' in waiting.content.decode()
    assert "<noscript><meta http-equiv" in waiting.content.decode()
    assert admin_client.get(f"/outcomes/{slot}/", headers={"HX-Request": "true"}).status_code == 204
    make_outcome(call, 200, due_at=from_ms(slot >> 22))
    assert admin_client.get(f"/outcomes/{slot}/", headers={"HX-Request": "true"}).status_code == 200


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
        ("", 5, 200, "It must answer within 5 ms: it took 12 ms."),
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


def test_two_values_of_a_word_are_kept_by_the_form(admin_client, call):
    content = admin_client.get("/outcomes/?code_class=4xx,5xx").content.decode()
    assert '<option value="4xx,5xx" selected>' in content


def test_a_word_that_is_not_understood_is_explained_beside_its_input(admin_client, call):
    content = admin_client.get("/outcomes/?call=<b>/x&service=nobody&until=9999").content.decode()
    for word in ("call", "service", "until"):
        assert re.search(rf'id="filter-{word}"[^>]*aria-invalid="true" aria-describedby="problem-{word}"', content)
        assert f'id="problem-{word}"' in content
    assert "<b>/x" not in content


def test_an_empty_list_says_what_to_widen(admin_client, call):
    make_outcome(call, 200, due_at=minutes_ago(120))
    links = dict(admin_client.get("/outcomes/?since=-1h&verdict=passed").context["wider"])
    assert links == {
        "Remove the filters": "/outcomes/?since=-1h",
        "Show the last 24 h": "/outcomes/?verdict=passed&since=-24h",
    }
    assert admin_client.get("/outcomes/?since=-30d&verdict=failed&until=-1d").context["wider"] != []


def test_in_place_the_address_has_no_empty_words(admin_client, call):
    answer = admin_client.get("/outcomes/?verdict=passed&q=&since=", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/outcomes/?verdict=passed"


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


def test_the_list_leads_to_a_table_of_the_same_outcomes(admin_client, call):
    outcome = make_outcome(call, 503)
    make_outcome(make_call(), 503)
    content = admin_client.get("/outcomes/?service=shop&status_code=500-504&since=-1h").content.decode()
    link = unescape(re.search(r'<a href="([^"]+)" download>Export CSV</a>', content)[1])
    assert "service=shop" in link and "since=20" in link
    rows = b"".join(admin_client.get(link).streaming_content).decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["id", str(outcome.pk)]
    assert "Export CSV" not in admin_client.get("/outcomes/?status_code=204").content.decode()


def chained(verdict="failed", message="404 is not among the codes that this call expects (1xx, 2xx, 3xx)."):
    times = {"dns": 0, "connect": 100, "tls": 0, "wait": 2_000, "transfer": 10, "total": 2_110}
    login = {
        "name": "Log in", "method": "POST", "url": "http://shop.example/login", "always": False, "status_code": 200,
        "failure": None, "verdict": "passed", "message": "", "start_us": 0, "phases_us": times,
        "checks": [{"sentence": "200 is among them.", "holds": True}],
    }  # fmt: skip
    gone = login | {
        "name": "Read <it>", "method": "GET", "status_code": 404, "verdict": verdict, "message": message,
        "start_us": 3_000, "checks": [],
    }  # fmt: skip
    unsent = gone | {"name": "Delete it", "status_code": None, "verdict": None, "message": "Not sent, since a step"}
    out = gone | {"name": "Log out", "always": True, "status_code": None, "failure": "timeout", "message": "Too slow"}
    return [login, gone, unsent | {"phases_us": None}, out]


def test_the_steps_of_a_chain_are_shown_with_code_verdict_and_time(admin_client):
    outcome = make_outcome(make_call(), 404)
    OutcomeDetail.objects.filter(pk=outcome.pk).update(steps=chained())
    page = admin_client.get(f"/outcomes/{outcome.pk}/").content.decode()
    assert "Step 2, Read &lt;it&gt;: 404 is not among the codes" in page
    for words in ("1. <bdi>Log in", "2.11 ms", "not sent", "Too slow", "always", "Holds", "http://shop.example/login"):
        assert words in page, words
    api = admin_client.get(f"/api/v1/outcomes/{outcome.pk}/").json()["detail"]["steps"]
    assert [step["status_code"] for step in api] == [200, 404, None, None]
    assert (api[1]["start_ms"], api[1]["timings_ms"]["wait"], api[2]["timings_ms"]) == (3.0, 2.0, None)
    assert api[3]["failure"] == "timeout"


def test_a_chain_that_only_took_too_long_says_so(admin_client):
    outcome = make_outcome(make_call(slow_after_ms=1), 200, total_us=4_220)
    OutcomeDetail.objects.filter(pk=outcome.pk).update(steps=chained("passed", "")[:2])
    assert "together they took 5 ms" in admin_client.get(f"/outcomes/{outcome.pk}/").content.decode()
