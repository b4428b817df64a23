"""Pause and resume."""

import pytest

from apiclient.models import Call, Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
CALL, SERVICE = "/configure/calls/shop/list/pause/", "/configure/services/shop/pause/"


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="List")


def test_a_call_is_paused_and_resumed(admin_client, call):
    answer = admin_client.post(CALL, follow=True)
    assert answer.redirect_chain == [("/services/shop/list/", 302)] and b"List is paused." in answer.content
    assert Call.objects.get().next_due_at is None
    admin_client.post(CALL)
    assert Call.objects.get().next_due_at is not None


def test_a_service_is_paused_with_its_calls(admin_client, call):
    assert admin_client.post(SERVICE).url == "/services/shop/"
    assert not Service.objects.get().enabled and Call.objects.get().next_due_at is None


def test_who_presses_twice_gets_what_was_meant(admin_client, call):
    for _ in range(2):
        admin_client.post(CALL, {"enabled": "off"})
    assert not Call.objects.get().enabled
    admin_client.post(CALL, {"enabled": "on"})
    assert Call.objects.get().enabled


@pytest.mark.parametrize("path", [CALL, SERVICE])
def test_it_takes_a_post_of_somebody_who_may(client, admin_client, django_user_model, call, path):
    assert admin_client.get(path).status_code == 405
    client.logout()
    assert client.post(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("ann"))
    assert client.post(path).status_code == 403
    assert Call.objects.get().next_due_at is not None
