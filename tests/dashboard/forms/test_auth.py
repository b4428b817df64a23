"""The chooser of an auth: a kind and its members, kept as JSON; a secret is chosen, never typed."""

import pytest

from apiclient.models import Call, Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
SERVICE = "/configure/services/shop/"
BASIC = {"kind": "basic", "user": "me", "password": "{{ secret.pw }}"}


@pytest.fixture
def shop():
    service = make_service(name="Shop", base_url="http://127.0.0.1:9")
    service.secrets.create(name="pw", value="hush-hush")
    return service


def of_service(**fields):
    return {"name": "Shop", "base_url": "http://127.0.0.1:9", "headers": "{}", "slug": "shop", "enabled": "on"} | fields


def of_call(service, **fields):
    usual = {
        "service": service.pk,
        "name": "Orders",
        "method": "GET",
        "path": "/",
        "headers": "{}",
        "timeout_ms": "5 s",
    }
    return usual | {"schedule": "demand", "enabled": "on", "auth-kind": ""} | fields


def test_a_kind_is_chosen_and_its_members_are_kept(admin_client, shop):
    sent = {
        "auth-kind": "basic",
        "auth-basic-user": " me ",
        "auth-basic-password": "{{ secret.pw }}",
        "auth-bearer-token": "x",
    }
    assert admin_client.post(SERVICE, of_service(**sent, proxy="http://proxy.example")).status_code == 302
    saved = Service.objects.get()
    assert (saved.auth, saved.proxy) == (BASIC, "http://proxy.example")


def test_the_page_shows_what_is_kept_and_offers_the_secrets(admin_client, shop):
    shop.auth = BASIC
    shop.save()
    page = admin_client.get(SERVICE).content.decode()
    assert '<option value="basic" selected>' in page
    assert 'name="auth-basic-user" id="id_auth-basic-user" value="me"' in page
    assert page.count("{{ secret.pw }}") == 2 and "hush" not in page  # as it is kept, and offered


def test_nothing_is_a_choice_too(admin_client, shop):
    shop.auth = BASIC
    shop.save()
    admin_client.post(SERVICE, of_service(**{"auth-kind": ""}))
    assert Service.objects.get().auth == {}


def test_fields_of_a_login_are_lines(admin_client, shop):
    lines = "user = me\r\n\r\npassword={{ secret.pw }}\r\nequals=a=b"
    sent = {"auth-kind": "form", "auth-form-path": "/login", "auth-form-fields": lines}
    assert admin_client.post(SERVICE, of_service(**sent)).status_code == 302
    assert Service.objects.get().auth["fields"] == {"user": "me", "password": "{{ secret.pw }}", "equals": "a=b"}
    page = admin_client.get(SERVICE).content.decode()
    shown = page.split('placeholder="user=me')[1].split("</textarea>")[0].splitlines()
    assert {"user=me", "password={{ secret.pw }}", "equals=a=b"} <= set(shown)  # PostgreSQL keeps no order


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"auth-kind": "basic"}, "user: basic needs it."),
        ({"auth-kind": "bearer", "auth-bearer-token": "typed-hush"}, "token: a secret does not stand here"),
        ({"auth-kind": "kerberos"}, "kind: use basic"),
        ({"auth-kind": "none\0"}, "kind: use basic"),
        ({"auth-kind": "form", "auth-form-path": "/l", "auth-form-fields": "user"}, "fields: write one a line"),
        ({"auth-kind": "api_key", "auth-api_key-in": "body"}, "in: use header or query"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_saved(admin_client, shop, sent, says):
    answer = admin_client.post(SERVICE, of_service(**sent))
    assert list(answer.context["form"].errors) == ["auth"]
    assert says in " ".join(answer.context["form"].errors["auth"])
    assert "typed-hush" not in answer.content.decode()
    assert Service.objects.get().auth == {}


def test_a_proxy_is_refused_beside_its_field(admin_client, shop):
    answer = admin_client.post(SERVICE, of_service(proxy="proxy.example"))
    assert list(answer.context["form"].errors) == ["proxy"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, None),
        ({"auth-kind": "none"}, {"kind": "none"}),
        ({"auth-kind": "basic", "auth-basic-user": "me", "auth-basic-password": "{{ secret.pw }}"}, BASIC),
    ],
)
def test_a_call_does_as_its_service_or_by_itself(admin_client, shop, sent, kept):
    assert admin_client.post("/configure/calls/new/", of_call(shop, **sent)).status_code == 302
    assert Call.objects.get().auth == kept
    page = admin_client.get(f"/configure/calls/shop/{Call.objects.get().slug}/").content.decode()
    assert f'<option value="{(kept or {}).get("kind", "")}" selected>' in page


def test_an_enabled_call_names_secrets_that_exist(admin_client, shop):
    sent = {"auth-kind": "bearer", "auth-bearer-token": "{{ secret.other }}"}
    answer = admin_client.post("/configure/calls/new/", of_call(shop, **sent))
    assert "other" in answer.context["form"].errors["auth"][0]


def test_a_call_offers_the_secrets_of_its_service(admin_client, shop):
    call = make_call(shop, name="Orders")
    page = admin_client.get(f"/configure/calls/shop/{call.slug}/").content.decode()
    assert '<option value="{{ secret.pw }}">' in page
