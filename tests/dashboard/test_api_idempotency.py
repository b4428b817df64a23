"""Idempotency-Key: a POST sent again is answered, not repeated."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from apiclient import idempotency
from apiclient.models import Idempotency, Service
from dashboard.api.idempotency import once_in_secret
from tests.sent import send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/services/"
SHOP = {"name": "Shop", "base_url": "https://shop.example", "headers": {"Authorization": "planted"}}


def post(client, body=SHOP, key="key-1"):
    return send(client, "post", ADDRESS, body, **{"Idempotency-Key": key})


def test_the_same_again_is_given_the_first_answer(admin_client):
    first, second = post(admin_client), post(admin_client)
    assert first.status_code == second.status_code == 201
    assert second.content == first.content
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert second["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert Service.objects.count() == 1


def test_the_order_of_members_does_not_matter_but_their_values_do(admin_client):
    post(admin_client)
    assert post(admin_client, dict(reversed(SHOP.items()))).status_code == 201
    other = post(admin_client, SHOP | {"name": "Store"})
    assert other.status_code == 422 and "another request" in other.json()["detail"]
    assert Service.objects.count() == 1


def test_no_secret_is_kept_in_an_answer(admin_client):
    post(admin_client)
    assert "planted" not in str(Idempotency.objects.values().get())


def test_keys_of_others_are_their_own(admin_client, client, django_user_model):
    post(admin_client)
    client.force_login(django_user_model.objects.create_superuser("ann"))
    assert post(client, SHOP | {"name": "Store"}).status_code == 201


def test_what_was_refused_may_be_corrected_with_the_same_key(admin_client):
    assert post(admin_client, {"name": "Shop"}).status_code == 400
    assert not Idempotency.objects.exists()
    assert post(admin_client).status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 256, "two words", "é", "a\tb"])
def test_a_key_that_is_none_is_refused(admin_client, key):
    answer = post(admin_client, key=key)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"header": "Idempotency-Key", "detail": "Use 1 to 255 visible ASCII characters, such as a UUID."}
    ]
    assert not Service.objects.exists()


def test_while_the_first_is_under_way_the_second_waits(admin_client):
    post(admin_client)
    Idempotency.objects.update(status=None)
    answer = post(admin_client)
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")


def test_who_died_on_the_way_is_followed_by_the_next(admin_client):
    post(admin_client)
    Service.objects.all().delete()
    Idempotency.objects.update(status=None, begun_at=timezone.now() - idempotency.GIVEN_UP)
    assert post(admin_client).status_code == 201
    assert Service.objects.count() == 1


def test_after_a_day_a_key_is_new(admin_client):
    post(admin_client)
    Idempotency.objects.update(begun_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1))
    assert post(admin_client, SHOP | {"name": "Store"}).status_code == 201
    assert idempotency.old(timezone.now()).count() == 0


def test_who_was_given_up_changes_nothing_after_all(admin_client, monkeypatch):
    """The second one takes the place while the first is still at work."""
    kept = idempotency.keep

    def overtaken(claim, answer):
        Idempotency.objects.update(claim=claim.number + 1)
        kept(claim, answer)

    monkeypatch.setattr("apiclient.idempotency.keep", overtaken)
    assert post(admin_client).status_code == 409
    assert not Service.objects.exists()


class Secretive(APIView):
    @once_in_secret
    def post(self, request):
        return Response({"token": "planted"}, status=201)


def test_an_answer_with_a_secret_is_not_kept(admin_user, rf: RequestFactory):
    def ask():
        request = rf.post("/", "{}", content_type="application/json", headers={"Idempotency-Key": "a"})
        request.user, request._dont_enforce_csrf_checks = admin_user, True
        return Secretive.as_view()(request)

    assert ask().status_code == 201
    assert "planted" not in str(Idempotency.objects.values().get())
    again = ask()
    assert again.status_code == 409 and "not kept" in again.data["detail"]
