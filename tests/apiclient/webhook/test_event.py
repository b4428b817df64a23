"""Events are CloudEvents 1.0 with what a receiver needs, and addresses that are really there."""

import json

import pytest
from django.urls import reverse

from apiclient import webhook
from apiclient.clock import now_ms
from apiclient.http.redact import MASK
from apiclient.models import Delivery
from apiclient.webhook import event
from tests.builders import make_call, make_outcome, make_service, make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed():
    """The outcome of a call that failed, whose server repeats the token that it was sent."""
    shop = make_service(name="Shop", headers={"Authorization": "Bearer planted-secret-1"})
    call = make_call(shop, name="Basket", path="/basket?token=planted-secret-2")
    make_webhook()
    body = b"no such basket for planted-secret-1 and planted-secret-2"
    request = {"headers": (("Content-Type", "text/plain"),), "body": body, "body_bytes": len(body)}
    call.service.headers, call.headers = {}, shop.headers
    outcome = make_outcome(call, 503, **request)
    webhook.settle(now_ms())
    return outcome


def test_an_event_says_what_changed_where_and_why(failed):
    delivery = Delivery.objects.get()
    assert json.loads(delivery.body) == {
        "specversion": "1.0",
        "id": f"verdict-{failed.pk}",
        "source": "urn:answerback:installation",
        "type": "io.answerback.call.verdict.changed",
        "subject": "shop/basket",
        "time": failed.due_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "service": {"id": failed.call.service_id, "slug": "shop", "name": "Shop"},
            "call": {"id": failed.call_id, "slug": "basket", "name": "Basket"},
            "location": "default",
            "change": "failed",
            "from": None,
            "to": "failed",
            "status_code": 503,
            "failure": None,
            "meaning": "Service Unavailable",
            "message": f"no such basket for {MASK} and {MASK}",
            "reason": "503 is not among the codes that this call expects (1xx, 2xx, 3xx).",
            "outcome": {
                "id": str(failed.pk),
                "due_at": failed.due_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "page": reverse("outcome", args=[failed.pk]),
                "api": reverse("api-outcome-detail", args=[failed.pk]),
            },
        },
    }
    assert (delivery.event_id, delivery.subject, delivery.change) == (f"verdict-{failed.pk}", "shop/basket", "failed")
    assert "planted" not in delivery.body


def test_the_installations_address_is_the_source_and_the_start_of_links(failed, settings):
    settings.ANSWERBACK_URL = "https://status.example.org/"
    told = json.loads(event.changed(failed, 1, "paris"))
    assert told["source"] == "https://status.example.org/"
    assert told["data"]["outcome"]["page"] == f"https://status.example.org/outcomes/{failed.pk}/"
    assert told["data"]["location"] == "paris"


def test_a_test_says_that_nothing_changed():
    hook = make_webhook(name="Chat")
    told = json.loads(webhook.send_test(hook, now_ms()).body)
    assert told["type"] == "io.answerback.webhook.test"
    assert told["data"]["webhook"] == {"id": hook.pk, "name": "Chat"}
