"""One call, and the button that runs it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from kombu.exceptions import OperationalError

from apiclient import rollup
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Batch
from dashboard.pages.call import BROKER_DOWN, schedule_in_words
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/services/shop/list/"
MOST_QUERIES = 16


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="List", path="/list?token=planted", expected_codes="2xx, 404")


@pytest.fixture
def announced(monkeypatch):
    sent = []
    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", lambda args, queue: sent.extend(args))
    return sent


def test_it_says_what_is_asked_when_and_what_is_expected(admin_client, call):
    content = admin_client.get(ADDRESS).content.decode()
    assert "GET" in content and "/list?token=•••" in content and "planted" not in content
    assert "every 1 min" in content and "2xx, 404" in content and "none yet" in content


def test_schedules_in_words(call):
    call.interval_seconds = 5400
    assert schedule_in_words(call) == "every 1 h 30 min"
    call.interval_seconds, call.cron, call.time_zone = None, "*/5 * * * *", "Europe/Kyiv"
    assert schedule_in_words(call) == "by cron */5 * * * * in Europe/Kyiv"
    call.cron = ""
    assert schedule_in_words(call) == "on demand only"


def test_codes_and_failures_are_counted_and_lead_to_their_outcomes(admin_client, call):
    make_outcome(call, 404)
    make_outcome(make_call(call.service), 500)
    make_outcome(call, None, Failure.TIMEOUT, due_at=timezone.now() - timedelta(minutes=5))
    answers = admin_client.get(f"{ADDRESS}?since=-1h").context["answers"]
    assert sorted((one["code"] or 0, one["failure"] or 0, one["count"]) for one in answers) == [(0, 6, 1), (404, 0, 1)]
    assert all("call=shop%2Flist" in one["href"] and "since=-1h" in one["href"] for one in answers)


def test_the_messages_of_its_errors_stand_in_the_list(admin_client, call):
    make_outcome(call, 500, body=b"disk full", headers=(("Content-Type", "text/plain"),))
    assert b"disk full" in admin_client.get(ADDRESS).content


def test_run_now_claims_a_slot_and_waits_for_its_outcome(admin_client, call, announced):
    answer = admin_client.post(f"{ADDRESS}run/")
    batch = Batch.objects.get()
    assert announced == [batch.pk]
    assert (answer.status_code, answer.url) == (302, f"/outcomes/{batch.slots[0]}/")
    waiting = admin_client.get(answer.url)
    assert waiting.status_code == 202 and b"Waiting for the answer" in waiting.content


def test_a_broker_that_is_down_is_a_message(admin_client, call, monkeypatch):
    def refuse(args, queue):
        raise OperationalError("connection refused")

    monkeypatch.setattr("apiclient.tasks.run_batch.apply_async", refuse)
    answer = admin_client.post(f"{ADDRESS}run/", follow=True)
    assert answer.redirect_chain == [(ADDRESS, 302)]
    assert BROKER_DOWN in answer.content.decode()


def test_only_those_who_may_change_the_call_run_it(client, django_user_model, call, announced):
    ann = django_user_model.objects.create_user("ann")
    client.force_login(ann)
    assert b"Run now" not in client.get(ADDRESS).content
    assert client.post(f"{ADDRESS}run/").status_code == 403
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    assert b"Run now" in client.get(ADDRESS).content
    assert client.post(f"{ADDRESS}run/").status_code == 302


def test_running_needs_a_post(admin_client, call):
    assert admin_client.get(f"{ADDRESS}run/").status_code == 405


@pytest.mark.parametrize("since", ["-1h", "-24h", "-7d", "-30d"])
def test_queries_do_not_grow_with_outcomes(admin_client, django_assert_max_num_queries, call, since):
    for minutes, code in enumerate((200, 404, 500, 503)):
        make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=minutes + 1))
        make_outcome(call, code, due_at=timezone.now() - timedelta(hours=30, minutes=minutes))
    call.dues.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get(ADDRESS, {"since": since})
