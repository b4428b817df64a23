"""The overview: every service, the worst first."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from apiclient import record, rollup
from apiclient.catalogue import Failure, MissedBecause
from apiclient.clock import now_ms
from apiclient.models import Due
from apiclient.slot import slot_id
from tests.builders import make_call, make_outcome, make_service, write

pytestmark = pytest.mark.django_db
MOST_QUERIES = 18


def test_an_empty_installation_says_what_to_do_next(admin_client):
    content = admin_client.get("/").content.decode()
    assert "Nothing to call yet" in content and 'href="/configure/first/"' in content


def test_somebody_who_may_not_edit_is_told_whom_to_ask(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ann"))
    content = client.get("/").content.decode()
    assert "Ask somebody who may" in content and "/configure/" not in content


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
    slots = [slot_id(now_ms() - 2_000 - 2 * n, call.pk) for n in range(12)]
    write([record.missed(slot, call.service_id, reason) for slot in slots])
    for address in ("/", f"/services/{call.service.slug}/"):
        content = admin_client.get(address).content.decode()
        assert "12 slots</a> missed in the last 10 minutes" in content
        assert escape(reason.label) in content and escape(reason.advice) in content
    assert "missed in the last" not in admin_client.get(f"/services/{other.service.slug}/").content.decode()
    address = f"/outcomes/?failure=missed&since=-10m&service={call.service.slug}"
    assert address.replace("&", "&amp;") in admin_client.get(f"/services/{call.service.slug}/").content.decode()
    assert len(admin_client.get(address).context["outcomes"]) == 12
