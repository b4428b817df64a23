"""Auth and proxy through the API: taken whole, or refused with a pointer to the member."""

import pytest

from apiclient.models import Call, Service
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
BASIC = {"kind": "basic", "user": "me", "password": "{{ secret.pw }}"}


def patch(client, address, **members):
    return client.patch(address, members, content_type="application/json")


def test_a_service_takes_and_shows_them(admin_client):
    service = make_service()
    service.secrets.create(name="pw", value="hush-hush")
    answer = patch(admin_client, f"/api/v1/services/{service.pk}/", auth=BASIC, proxy="socks5://proxy.example")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["auth"], answer.json()["proxy"]) == (BASIC, "socks5://proxy.example")
    assert Service.objects.get().auth == BASIC
    assert "hush" not in answer.content.decode()


@pytest.mark.parametrize("auth", [None, {"kind": "none"}, BASIC])
def test_a_call_takes_and_shows_its_own(admin_client, auth):
    call = make_call()
    call.service.secrets.create(name="pw", value="hush-hush")
    answer = patch(admin_client, f"/api/v1/calls/{call.pk}/", auth=auth)
    assert (answer.status_code, answer.json()["auth"]) == (200, auth)
    assert Call.objects.get().auth == auth


@pytest.mark.parametrize(
    ("auth", "pointers"),
    [
        ([], ["/auth"]),
        ("basic", ["/auth"]),
        ({"kind": "kerberos"}, ["/auth/kind"]),
        ({"kind": "basic"}, ["/auth/password", "/auth/user"]),
        ({"kind": "bearer", "token": "typed-hush"}, ["/auth/token"]),
        ({"kind": "bearer", "token": "{{ secret.pw }}", "tokn": 1}, ["/auth/tokn"]),
    ],
)
@pytest.mark.parametrize("kind", ["services", "calls"])
def test_what_is_wrong_is_pointed_at(admin_client, kind, auth, pointers):
    call = make_call()
    pk = call.pk if kind == "calls" else call.service.pk
    answer = patch(admin_client, f"/api/v1/{kind}/{pk}/", auth=auth)
    assert answer.status_code == 400
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == pointers
    assert "typed-hush" not in answer.content.decode()


def test_a_proxy_that_is_none_is_pointed_at(admin_client):
    answer = patch(admin_client, f"/api/v1/services/{make_service().pk}/", proxy="http://me:hush@proxy.example")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/proxy"]
    assert "hush" not in answer.content.decode()


def test_the_admin_takes_them_too(admin_client):
    service = make_service(name="Shop")
    service.secrets.create(name="pw", value="hush-hush")
    page = f"/admin/apiclient/service/{service.pk}/change/"
    sent = {"name": "Shop", "slug": "shop", "base_url": service.base_url, "headers": "{}", "variables": "{}",
            "environments": "{}", "enabled": "on", "answers-TOTAL_FORMS": "0",
            "answers-INITIAL_FORMS": "0"}  # fmt: skip
    refused = admin_client.post(page, sent | {"auth": '{"kind": "bearer", "token": "typed"}'})
    assert "a secret does not stand here" in refused.content.decode()
    taken = admin_client.post(page, sent | {"auth": '{"kind": "bearer", "token": "{{ secret.pw }}"}', "proxy": ""})
    assert taken.status_code == 302, taken.context["adminform"].form.errors
    assert Service.objects.get().auth["kind"] == "bearer"
