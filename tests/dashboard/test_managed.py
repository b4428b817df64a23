"""What a file keeps says so wherever it can be changed."""

import json

import pytest

from apiclient.models import Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Service:
    shop = make_service(name="Shop", managed_by="config/shop.yaml")
    make_call(shop, name="Orders")
    return shop


def test_pages_and_admin_name_the_file(admin_client, shop):
    for path in (
        "/services/shop/", "/configure/services/shop/", "/configure/calls/shop/orders/",
        f"/admin/apiclient/service/{shop.pk}/change/",
    ):  # fmt: skip
        assert "config/shop.yaml" in admin_client.get(path).content.decode(), path
    make_service(name="Bank")
    assert "manage.py apply" not in admin_client.get("/configure/services/bank/").content.decode()


def test_the_api_tells_it_and_keeps_it(admin_client, shop):
    path = f"/api/v1/services/{shop.pk}/"
    shown = admin_client.get(path).json()
    assert shown["managed_by"] == "config/shop.yaml"
    body = {"name": "Shop", "base_url": "https://shop.example"}
    assert admin_client.put(path, json.dumps(body), content_type="application/json").status_code == 200
    shop.refresh_from_db()
    assert shop.managed_by == "config/shop.yaml"
    answer = admin_client.patch(path, json.dumps({"managed_by": "x"}), content_type="application/json")
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == "/managed_by"
