"""The admin lists secrets by name; values are written and never shown."""

import pytest

from apiclient.models import Secret
from tests.builders import make_call, make_secret, make_service

ADDRESS = "/admin/apiclient/secret/"
pytestmark = pytest.mark.django_db


def test_one_is_added_replaced_and_deleted_and_no_page_shows_its_value(admin_client):
    service = make_service()
    fields = {"service": service.pk, "name": "key", "environment": "", "value": "planted-one"}
    assert admin_client.post(f"{ADDRESS}add/", fields).status_code == 302
    secret = Secret.objects.get()
    one = f"{ADDRESS}{secret.pk}/change/"
    for path in (ADDRESS, one, f"{ADDRESS}{secret.pk}/history/"):
        page = admin_client.get(path)
        assert page.status_code == 200
        assert "planted" not in page.content.decode() and "(sealed)" not in page.content.decode()
    assert admin_client.post(one, {"value": "planted-two"}).status_code == 302
    assert Secret.objects.get().value.open() == "planted-two"
    refused = admin_client.post(one, {"value": "pla"})
    assert "at least 4" in refused.content.decode() and "pla<" not in refused.content.decode()
    assert admin_client.post(f"{ADDRESS}{secret.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Secret.objects.exists()


def test_one_that_running_calls_need_stays(admin_client):
    secret = make_secret(make_service(), name="key")
    make_call(secret.service, name="Basket", path="/{{ secret.key }}")
    asked = admin_client.get(f"{ADDRESS}{secret.pk}/delete/").content.decode()
    assert "Basket" in asked
    admin_client.post(f"{ADDRESS}{secret.pk}/delete/", {"post": "yes"})
    admin_client.post(ADDRESS, {"action": "delete_selected", "_selected_action": secret.pk, "post": "yes"})
    assert Secret.objects.exists()
