"""The admin lists webhooks and deliveries, switches them, and shows no secret."""

import pytest

from apiclient import webhook
from apiclient.clock import now_ms
from apiclient.models import Delivery, Webhook
from tests.builders import make_webhook

pytestmark = pytest.mark.django_db


def test_no_page_of_the_admin_shows_a_secret(admin_client):
    hook = make_webhook(url="https://hooks.example.com/?token=planted-token")
    delivery = webhook.send_test(hook, now_ms())
    for path in ("webhook/", f"webhook/{hook.pk}/change/", "delivery/", f"delivery/{delivery.pk}/change/"):
        page = admin_client.get(f"/admin/apiclient/{path}")
        assert page.status_code == 200
        for secret in (hook.newest_secret, "whsec_", "planted-token"):
            assert secret not in page.content.decode(), path


def test_a_webhook_is_switched_off_and_deleted(admin_client):
    hook = make_webhook()
    webhook.send_test(hook, now_ms())
    admin_client.post(f"/admin/apiclient/webhook/{hook.pk}/change/", {"name": "Quiet"})
    after = Webhook.objects.get()
    assert (after.name, after.enabled, after.secret, after.url) == ("Quiet", False, hook.secret, hook.url)
    admin_client.post(f"/admin/apiclient/webhook/{hook.pk}/delete/", {"post": "yes"})
    assert not Webhook.objects.exists() and not Delivery.objects.exists()


def test_one_is_added_in_the_pages(admin_client):
    answer = admin_client.get("/admin/apiclient/webhook/add/")
    assert (answer.status_code, answer.url) == (302, "/webhooks/new/")
