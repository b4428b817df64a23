"""New codes: told once for each call and code, undocumented ones apart, to whoever asked for them and may know."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import webhook
from apiclient.clock import now_ms
from apiclient.models import Delivery, FirstSeen
from tests.builders import make_answer, make_call, make_outcome, make_service, make_team, make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Orders", expected_codes="1xx, 2xx, 3xx, 4xx, 5xx")


def answer(call, code, minutes=1):
    return make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=minutes))


def told():
    webhook.tell_news(now_ms())
    rows = Delivery.objects.order_by("pk").values_list("webhook__name", "change", "event_id")
    return sorted(rows)


def test_a_new_code_is_told_once_and_its_documentation_with_it(call):
    make_webhook(name="hook", changes=["new_code"])
    make_answer(call=call, codes="404", message="No such order.")
    first = answer(call, 404)
    assert webhook.is_news(now_ms())
    assert told() == [("hook", "new_code", f"code-{call.pk}-404")]
    assert not webhook.is_news(now_ms())
    answer(call, 404, minutes=2)
    assert len(told()) == 1
    event = Delivery.objects.get().event
    assert event["type"] == "io.answerback.call.code.first_seen" and event["subject"] == "shop/orders"
    data = event["data"]
    assert (data["status_code"], data["documented"], data["verdict"]) == (404, True, "passed")
    assert data["reference"] == {"codes": "404", "message": "No such order.", "of": "call"}
    assert data["outcome"]["id"] == str(first.pk)


def test_undocumented_codes_are_told_apart(call):
    make_webhook(name="all", changes=["new_code"])
    make_webhook(name="strange", changes=["undocumented"])
    make_webhook(name="verdicts")
    make_answer(service=call.service, codes="2xx")
    answer(call, 200)
    answer(call, 418, minutes=2)
    words = [(name, change) for name, change, _ in told()]
    assert words == [("all", "new_code"), ("all", "undocumented"), ("strange", "undocumented")]
    strange = next(one.event["data"] for one in Delivery.objects.filter(change="undocumented"))
    assert (strange["documented"], strange["reference"]) == (False, None)


def test_without_a_reference_nothing_is_undocumented(call):
    make_webhook(name="strange", changes=["undocumented"])
    make_webhook(name="all", changes=["new_code"])
    answer(call, 500)
    assert [name for name, *_ in told()] == ["all"]
    assert json.loads(Delivery.objects.get().body)["data"]["documented"] is None


def test_an_edit_between_recording_and_telling_is_heeded(call):
    make_webhook(changes=["new_code"])
    answer(call, 409)
    FirstSeen.objects.update(documented=False)  # as seen by a recorder that did not see the edit yet
    make_answer(call=call, codes="4xx")
    FirstSeen.objects.update(documented=False)
    assert [change for _, change, _ in told()] == ["new_code"]
    assert FirstSeen.objects.get().documented is True


def test_history_is_no_news_and_nobody_is_told_of_what_is_not_theirs(call):
    make_webhook(team=make_team(services=[make_service(name="Other")]), changes=["new_code"])
    answer(call, 200)
    assert told() == []
    make_webhook(changes=["new_code"])
    answer(call, 500, minutes=61)
    assert told() == [] and not webhook.is_news(now_ms())


def test_a_call_deleted_meanwhile_is_told_of_by_nobody(call):
    make_webhook(changes=["new_code"])
    answer(call, 200)
    call.delete()
    assert told() == []
