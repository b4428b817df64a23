"""secrets/: written, replaced and deleted; names are listed, and no answer ever holds a value."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apiclient.models import Secret, User
from apiclient.roles import VIEWER
from tests.builders import make_call, make_secret, make_service, make_team
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/secrets/"


def test_one_is_made_listed_replaced_and_deleted_and_its_value_is_in_no_answer(admin_client):
    service = make_service(name="Shop", environments={"staging": {}})
    fields = {"service": "shop", "name": "key", "environment": "staging", "value": "planted-one\n"}
    made = send(admin_client, "post", ADDRESS, fields)
    assert made.status_code == 201
    assert made.json() | {"id": 0, "created_at": "", "updated_at": ""} == {
        "id": 0, "service": service.pk, "name": "key", "environment": "staging", "created_at": "", "updated_at": "",
    }  # fmt: skip
    assert Secret.objects.get().value.open() == "planted-one\n"
    one = made["Location"]
    changed = send(admin_client, "patch", one, {"value": "planted-two"})
    assert Secret.objects.get().value.open() == "planted-two"
    kept = send(admin_client, "patch", one, {"name": "key"})
    assert Secret.objects.get().value.open() == "planted-two"
    assert changed["ETag"] != made["ETag"]
    listed = admin_client.get(ADDRESS, {"service": "shop"})
    assert [row["name"] for row in listed.json()["results"]] == ["key"]
    gone = admin_client.delete(one)
    assert gone.status_code == 204
    for answer in (made, changed, kept, listed, gone):
        assert "planted" not in answer.content.decode() + str(answer.headers)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"value": "abc"}, "/value"),
        ({"value": None}, "/value"),
        ({"value": 12345}, "/value"),
        ({"name": "1 a"}, "/name"),
        ({"environment": "nowhere"}, "/environment"),
        ({"service": 4_000_000}, "/service"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_is_refused_by_its_member_and_nothing_is_kept(admin_client, fields, pointer):
    service = make_service()
    answer = send(admin_client, "post", ADDRESS, {"service": service.pk, "name": "key", "value": "planted"} | fields)
    assert set(pointers(answer)) == {pointer}
    assert "planted" not in answer.content.decode()
    assert not Secret.objects.exists()


def test_its_place_stays_and_a_whole_one_needs_its_value(admin_client):
    secret = make_secret(make_service(), name="key")
    one = f"{ADDRESS}{secret.pk}/"
    assert pointers(send(admin_client, "patch", one, {"name": "other"})).keys() == {"/name"}
    assert pointers(send(admin_client, "put", one, {"service": secret.service_id, "name": "key"})).keys() == {"/value"}
    whole = {"service": secret.service_id, "name": "key", "value": "planted-new"}
    assert send(admin_client, "put", one, whole).status_code == 200


def test_one_that_running_calls_need_is_not_deleted_and_they_are_named(admin_client):
    secret = make_secret(make_service(), name="key")
    make_call(secret.service, name="Basket", path="/{{ secret.key }}")
    answer = admin_client.delete(f"{ADDRESS}{secret.pk}/")
    assert answer.status_code == 409
    assert "Basket" in answer.json()["detail"]
    assert Secret.objects.exists()


def test_a_repeat_is_answered_and_nothing_that_a_guess_could_be_tried_on_is_kept(admin_client, settings):
    fields = {"service": make_service().pk, "name": "key", "value": "planted-one"}
    key = {"Idempotency-Key": "k"}
    first, again = (send(admin_client, "post", ADDRESS, fields, **key) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    settings.SECRET_KEY += "of another installation"
    admin_client.force_login(User.objects.get())
    assert send(admin_client, "post", ADDRESS, fields, **key).status_code == 422  # the mark is another one


def test_viewers_read_names_and_other_teams_see_nothing(django_user_model):
    service, other = make_service(), make_service()
    make_secret(service, name="mine")
    hidden = make_secret(other, name="theirs")
    viewer = django_user_model.objects.create_user("viewer")
    viewer.groups.add(Group.objects.get(name=VIEWER))
    make_team([viewer], [service])
    client = Client()
    client.force_login(viewer)
    assert [row["name"] for row in client.get(ADDRESS).json()["results"]] == ["mine"]
    assert client.get(f"{ADDRESS}{hidden.pk}/").status_code == 404
    answer = send(client, "post", ADDRESS, {"service": service.pk, "name": "key", "value": "planted"})
    assert answer.status_code == 403
