"""Services created and edited in the pages."""

import json

import pytest

from apiclient.models import Service
from tests.builders import make_service

NEW = "/configure/services/new/"
pytestmark = pytest.mark.django_db


def form(**fields):
    usual = {"name": "Shop", "base_url": "https://shop.example", "description": "", "headers": "{}", "slug": ""}
    return usual | {"concurrency": "50", "enabled": "on"} | fields


def test_a_service_is_created_and_leads_to_its_first_call(admin_client):
    answer = admin_client.post(NEW, form())
    assert (answer.status_code, answer.url) == (302, "/configure/calls/new/?service=shop")
    assert Service.objects.get().concurrency == 50


def test_a_service_is_edited_and_keeps_its_secrets(admin_client):
    make_service(name="Shop", headers={"X-Token": "hush-hush"})
    page = admin_client.get("/configure/services/shop/").content.decode()
    assert "•••" in page and "hush" not in page
    answer = admin_client.post(
        "/configure/services/shop/", form(name="Store", slug="store", headers='{"X-Token": "•••"}', concurrency="")
    )
    assert answer.url == "/services/store/"
    store = Service.objects.get()
    assert (store.name, store.headers, store.concurrency) == ("Store", {"X-Token": "hush-hush"}, None)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("name", "a" * 10_000, "at most 120"),
        ("name", "Taken", "already exists"),
        ("base_url", "shop.example", "http:// or https://"),
        ("base_url", "https://" + "a" * 10_000, "at most 2000"),
        ("base_url", "https://shop.example/?a=1", "query into each call"),
        ("headers", json.dumps({"Host": "b"}), "not allowed"),
        ("headers", "{nonsense", "no JSON"),
        ("concurrency", "-1", "greater"),
        ("slug", "new", "address of a page"),
        ("slug", "taken", "already exists"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(admin_client, field, value, says):
    make_service(name="Taken")
    answer = admin_client.post(NEW, form(**{field: value}))
    assert list(answer.context["form"].errors) == [field]
    assert says in str(answer.context["form"].errors[field])
    assert answer.context["form"][field].value() == value
    assert Service.objects.count() == 1


def test_a_bad_short_name_of_a_kept_service_breaks_no_link(admin_client):
    make_service(name="Shop")
    answer = admin_client.post("/configure/services/shop/", form(slug="../", name="Other"))
    assert answer.status_code == 200 and b'href="/services/shop/"' in answer.content


def test_a_service_called_new_can_still_be_edited(admin_client):
    admin_client.post(NEW, form(name="New"))
    assert Service.objects.get().slug == "new-2"
    assert admin_client.get("/configure/services/new-2/").status_code == 200


@pytest.mark.parametrize("name", ["<b>bold</b>", "\u202eesrever", "😀", "東京"])
def test_odd_names_are_kept_and_shown_as_text(admin_client, name):
    admin_client.post(NEW, form(name=name))
    service = Service.objects.get()
    page = admin_client.get(f"/configure/services/{service.slug}/").content.decode()
    assert service.name == name and "<b>bold" not in page


def test_only_who_may_edit(client, django_user_model):
    make_service(name="Shop")
    for path in (NEW, "/configure/services/shop/"):
        assert client.get(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("ann"))
    for path in (NEW, "/configure/services/shop/"):
        assert client.get(path).status_code == client.post(path, form()).status_code == 403


def test_who_saves_second_is_told_of_the_first_and_may_overwrite_knowingly(admin_client, client, django_user_model):
    make_service(name="Shop")
    address = "/configure/services/shop/"
    opened = admin_client.get(address).context["form"]["version"].value()
    client.force_login(django_user_model.objects.create_superuser("ann"))
    client.post(address, form(description="By Ann.", slug="shop"))
    answer = admin_client.post(address, form(description="Mine.", slug="shop", version=opened))
    content = answer.content.decode()
    assert "ann changed this" in content and "Nothing was saved" in content and "Mine." in content
    assert Service.objects.get().description == "By Ann."
    again = answer.context["form"]["version"].value()
    assert again != opened and f'value="{again}"' in content
    assert admin_client.post(address, form(description="Mine.", slug="shop", version=again)).status_code == 302
    assert Service.objects.get().description == "Mine."


def test_a_change_that_nobody_noted_is_told_too(admin_client):
    service = make_service(name="Shop")
    opened = admin_client.get("/configure/services/shop/").context["form"]["version"].value()
    service.save()
    answer = admin_client.post("/configure/services/shop/", form(slug="shop", version=opened))
    assert b"Somebody else has changed this" in answer.content
