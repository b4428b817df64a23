"""Secrets in the pages: names are listed, values are typed and never shown again, not even when refused."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from apiclient.models import Call, Secret
from apiclient.roles import VIEWER
from tests.builders import make_call, make_secret, make_service, make_team

ALL = "/configure/services/shop/secrets/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_service(name="Shop", environments={"staging": {}}, environment="staging")


def text(answer):
    return answer.content.decode()


def test_one_is_added_listed_replaced_and_deleted(admin_client, shop):
    assert "There is none yet" in text(admin_client.get(ALL))
    fields = {"name": "key", "environment": "staging", "value": " planted-one\r\nline \r\n"}
    answer = admin_client.post(f"{ALL}new/", fields, follow=True)
    secret = Secret.objects.get()
    assert (secret.name, secret.environment, secret.value.open()) == ("key", "staging", "planted-one\nline")
    assert "{{ secret.key }}" in text(answer) and "in force" in text(answer)
    make_call(shop, name="Basket", path="/{{ secret.key }}", enabled=False)
    assert "Basket" in text(admin_client.get(ALL))
    one = f"{ALL}{secret.pk}/"
    form = text(admin_client.get(one))
    assert "planted" not in form and "(sealed)" not in form
    assert admin_client.post(one, {"value": "planted-two"}).url == ALL
    assert Secret.objects.get().value.open() == "planted-two"
    assert "It cannot be undone" in text(admin_client.get(f"{one}delete/"))
    assert admin_client.post(f"{one}delete/").url == ALL
    assert not Secret.objects.exists()
    assert "planted" not in str(list(LogEntry.objects.values_list("object_repr", "change_message")))


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "a b"}, "name", "letters"),
        ({"name": "taken"}, "name", "already"),
        ({"value": ""}, "value", "required"),
        ({"value": "pla"}, "value", "at least 4"),
        ({"value": "planted" * 5_000}, "value", "At most 32768"),
        ({"environment": "nowhere"}, "environment", "nowhere"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_value_is_not_sent_back(admin_client, shop, fields, field, says):
    make_secret(shop, name="taken")
    answer = admin_client.post(f"{ALL}new/", {"name": "key", "environment": "", "value": "planted-value"} | fields)
    assert list(answer.context["form"].errors) == [field]
    assert says in str(answer.context["form"].errors[field])
    assert "planted" not in text(answer)
    assert Secret.objects.count() == 1


def test_one_that_running_calls_need_is_not_deleted_and_they_are_named(admin_client, shop):
    secret = make_secret(shop, name="key")
    make_call(shop, name="Basket", path="/{{ secret.key }}")
    for answer in (admin_client.get(f"{ALL}{secret.pk}/delete/"), admin_client.post(f"{ALL}{secret.pk}/delete/")):
        assert answer.status_code == 200
        assert "Calls use it: Basket" in text(answer)
    assert Secret.objects.exists()


def test_a_secret_of_another_service_is_not_there(admin_client, shop):
    other = make_secret(make_service())
    assert admin_client.get(f"{ALL}{other.pk}/").status_code == 404


def test_viewers_see_names_and_no_button(django_user_model, shop):
    make_secret(shop, name="key")
    viewer = django_user_model.objects.create_user("viewer")
    viewer.groups.add(Group.objects.get(name=VIEWER))
    make_team([viewer], [shop])
    client = Client()
    client.force_login(viewer)
    page = text(client.get(ALL))
    assert "{{ secret.key }}" in page
    assert "Replace" not in page and "Add" not in page
    assert ALL in text(client.get("/services/shop/"))


def test_variables_and_environments_are_edited_with_the_service(admin_client, shop):
    fields = {"name": "Shop", "slug": "shop", "base_url": "https://{{ host }}/", "headers": "{}", "enabled": "on"}
    sound = {"variables": '{"host": "a.example"}', "environments": '{"live": {"host": "b.example"}}', "environment": ""}
    assert admin_client.post("/configure/services/shop/", fields | sound).status_code == 302
    shop.refresh_from_db()
    assert (shop.variables, shop.environments) == ({"host": "a.example"}, {"live": {"host": "b.example"}})
    for name, value, says in (
        ("variables", "{nonsense", "no JSON"),
        ("variables", '{"1": "a"}', "no name of a variable"),
        ("environments", '{"live": "a"}', "JSON object of environments"),
        ("environment", "nowhere", "no environment"),
        ("base_url", "https://{{ secret.host }}/", "cannot be part of the host"),
    ):
        answer = admin_client.post("/configure/services/shop/", fields | sound | {name: value})
        assert says in str(answer.context["form"].errors[name])


def test_an_edit_that_takes_a_name_from_a_running_call_is_refused(admin_client, shop):
    shop.variables = {"tenant": "acme"}
    shop.save()
    make_call(shop, name="Basket", path="/{{ tenant }}")
    fields = {"name": "Shop", "slug": "shop", "base_url": "https://a.example/", "headers": "{}", "enabled": "on"}
    answer = admin_client.post("/configure/services/shop/", fields | {"variables": "{}", "environments": "{}"})
    assert "The call &#x27;Basket&#x27; could not run any more" in text(answer)


def test_what_is_wrong_with_a_member_that_no_form_has_is_said_beside_the_switch(admin_client, shop):
    call = make_call(shop, name="Basket", enabled=False)
    Call.objects.filter(pk=call.pk).update(steps=[{"name": "read", "path": "/{{ nobody }}"}])
    fields = {"service": shop.pk, "name": "Basket", "slug": "basket", "method": "GET", "path": "/x", "headers": "{}",
              "schedule": "demand", "timeout_ms": "5 s", "time_zone": "UTC", "enabled": "on"}  # fmt: skip
    answer = admin_client.post("/configure/calls/shop/basket/", fields)
    assert answer.status_code == 200
    assert "&#x27;nobody&#x27;" in text(answer)
