"""The overview: every service, what is broken now first, and what is new."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from apiclient import record, rollup
from apiclient.catalogue import Failure, MissedBecause
from apiclient.clock import now_ms
from apiclient.models import Due
from apiclient.slot import slot_id
from tests.builders import make_call, make_outcome, make_service, make_team, write

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25


def test_an_empty_installation_says_what_to_do_next(admin_client):
    content = admin_client.get("/").content.decode()
    assert "Nothing to call yet" in content and 'href="/configure/first/"' in content


def test_somebody_who_may_not_edit_is_told_whom_to_ask(client, django_user_model):
    ann = django_user_model.objects.create_user("ann")
    client.force_login(ann)
    content = client.get("/").content.decode()
    assert "You are in no team yet" in content and "/configure/" not in content
    make_team([ann])
    content = client.get("/").content.decode()
    assert "Ask an editor of your team" in content and "/configure/" not in content


def test_figures_count_what_came(admin_client):
    call = make_call()
    make_outcome(call, 200, due_at=timezone.now() - timedelta(minutes=2))
    make_outcome(call, 500, due_at=timezone.now() - timedelta(minutes=3))
    make_outcome(call, None, Failure.DNS, due_at=timezone.now() - timedelta(minutes=4))
    make_outcome(call, 200, due_at=timezone.now() - timedelta(minutes=5))
    whole = admin_client.get("/").context["whole"]
    assert (whole.total, whole.failed_share, whole.no_response_share) == (4, 0.5, 0.25)
    assert whole.p95_us == pytest.approx(12_000, rel=0.03)


def test_the_worst_service_stands_first_with_its_latest_codes(admin_client):
    good, bad = make_service(name="Good"), make_service(name="Bad")
    make_outcome(make_call(good), 200)
    make_outcome(make_call(bad), 503)
    make_outcome(make_call(bad), None, Failure.TLS)
    rows = admin_client.get("/").context["rows"]
    assert [row.service.name for row in rows] == ["Bad", "Good"]
    assert [(one.status_code, one.calls) for one in rows[0].latest] == [(None, 1), (503, 1)]
    assert rows[0].counts == [0, 0, 1, 1]


def minutes_ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def test_what_fails_now_stands_before_what_only_failed_earlier(admin_client):
    now, earlier, paused = (make_service(name=name) for name in ("Now", "Earlier", "Paused"))
    broken, fine, off = make_call(now), make_call(now), make_call(paused)
    for minutes in (9, 6, 1):
        make_outcome(fine, 200, due_at=minutes_ago(minutes))
    make_outcome(broken, 500, due_at=minutes_ago(3))
    mended = make_call(earlier)
    for minutes, code in ((9, 500), (8, 500), (7, 500), (2, 200)):
        make_outcome(mended, code, due_at=minutes_ago(minutes))
    make_outcome(off, 500, due_at=minutes_ago(5))
    off.enabled = False
    off.save()
    answer = admin_client.get("/?since=-1h")
    assert [(row.service.name, row.failing) for row in answer.context["rows"]] == [
        ("Now", 1),
        ("Paused", 0),
        ("Earlier", 0),
    ]
    assert answer.content.decode().count('"verdict v-failed failing"') == 1
    assert "1 of 2 failing</span>" in answer.content.decode()


def test_since_when_is_told_where_nothing_but_failures_came_since(admin_client):
    call, moment = make_call(), timezone.now().replace(second=1, microsecond=0) - timedelta(minutes=20)
    make_outcome(call, 200, due_at=moment - timedelta(minutes=5))
    for minutes in (0, 5, 10):
        make_outcome(call, 500, due_at=moment + timedelta(minutes=minutes))
    content = admin_client.get("/?since=-1h").content.decode()
    began = moment.replace(minute=moment.minute // 2 * 2)
    assert f"failing since {began:%a %-d %b %H:%M}<" in content


def test_a_service_tells_how_often_it_is_called(admin_client):
    call = make_call()
    for minutes in range(1, 31):
        make_outcome(call, due_at=minutes_ago(minutes), detailed=False)
    row = admin_client.get("/?since=-1h").context["rows"][0]
    assert row.rate * 3600 == pytest.approx(30, rel=0.03)


def test_codes_failures_and_messages_never_seen_before_are_new(admin_client):
    call, other = make_call(make_service(slug="shop")), make_call()
    make_outcome(call, 200, due_at=minutes_ago(600))
    make_outcome(call, 200)
    make_outcome(other, 404, due_at=minutes_ago(90 * 24 * 60))
    make_outcome(other, 404)
    assert '<div id="new-here" data-live></div>' in admin_client.get("/?since=-1h").content.decode()
    make_outcome(call, 404, due_at=minutes_ago(9), body=b"no such <cat>", headers=(("Content-Type", "text/plain"),))
    make_outcome(call, None, Failure.DNS, due_at=minutes_ago(8))
    for _ in range(2):  # the second time it is remembered what came before
        answer = admin_client.get("/?since=-1h")
        news = answer.context["news"]
        assert {(one.service.slug, one.status_code, one.failure) for one in news.answers} == {
            ("shop", 404, None),
            ("shop", None, Failure.DNS),
        }
        assert [one.text for one in news.messages] == ["no such <cat>"]
        content = answer.content.decode()
        assert "no such &lt;cat&gt;" in content
        assert "?since=-1h&amp;service=shop&amp;failure=dns" in content
    assert not admin_client.get("/", {"since": "-1h", "until": "-10m"}).context["news"].answers


def test_of_much_that_is_new_the_errors_are_shown_and_the_rest_is_counted(admin_client):
    call = make_call()
    for n, code in enumerate((200, 201, 202, 203, 400, 401, 402, 403, 404, 405)):
        make_outcome(call, code, due_at=minutes_ago(2 + n), detailed=False)
    news = admin_client.get("/?since=-1h").context["news"]
    assert len(news.answers) == 8 and news.more == 2
    assert [one.status_code for one in news.answers if one.status_code >= 400] == [
        one.status_code for one in news.answers[:6]
    ]


def test_each_part_that_changes_by_itself_has_its_id(admin_client):
    make_outcome(make_call())
    content = admin_client.get("/").content.decode()
    for part in ("figures", "services", "new-here"):
        assert f'id="{part}" data-live' in content


def test_a_service_without_outcomes_is_listed_too(admin_client):
    make_service(name="Quiet")
    content = admin_client.get("/").content.decode()
    assert "Quiet" in content and "none yet" in content and "Nothing was called in this range" in content


def test_a_bar_leads_to_its_outcomes(admin_client):
    make_outcome(make_call(), 404)
    content = admin_client.get("/?since=-1h").content.decode()
    assert 'href="/outcomes/?code_class=4xx&amp;since=20' in content


def test_the_range_is_in_the_address_and_keeps_other_filters(admin_client):
    view = admin_client.get("/?since=-7d&code_class=5xx").context["view"]
    assert [one["label"] for one in view.ranges if one["current"]] == ["7 d"]
    assert view.ranges[0]["href"] == "/?code_class=5xx&since=-1h"


@pytest.mark.parametrize("since", ["-1h", "-24h", "-7d", "-30d"])
def test_queries_do_not_grow_with_services(admin_client, django_assert_max_num_queries, since):
    for _ in range(8):
        service = make_service()
        for hours in (0, 30):
            make_outcome(make_call(service), 200, due_at=timezone.now() - timedelta(hours=hours, minutes=1))
    Due.objects.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get("/", {"since": since})


@pytest.mark.parametrize("reason", MissedBecause)
def test_what_was_missed_lately_is_told_with_what_to_do(admin_client, reason):
    call, other = make_call(), make_call()
    assert "missed in the last" not in admin_client.get("/").content.decode()
    now = now_ms()
    slots = [slot_id(now - 2_000 - 2 * n, call.pk) for n in range(12)]
    write([record.missed(slot, call.service_id, reason) for slot in slots])
    for address in ("/", f"/services/{call.service.slug}/"):
        content = admin_client.get(address).content.decode()
        assert "12 slots</a> missed in the last 10 minutes" in content
        assert escape(reason.label) in content and escape(reason.advice) in content
    assert "missed in the last" not in admin_client.get(f"/services/{other.service.slug}/").content.decode()
    address = f"/outcomes/?failure=missed&since=-10m&service={call.service.slug}"
    assert address.replace("&", "&amp;") in admin_client.get(f"/services/{call.service.slug}/").content.decode()
    assert len(admin_client.get(address).context["outcomes"]) == 12
