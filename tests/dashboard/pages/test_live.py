"""Pages that refresh themselves: 304 as long as nothing that they show has changed."""

import pytest
from django.core.cache import cache

from apiclient.clock import now_ms
from dashboard.pages import live
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="List")


@pytest.fixture(autouse=True)
def minute(monkeypatch):
    """No minute begins within a test, unless the test says so."""
    now = [now_ms() // live.MINUTE_MS * live.MINUTE_MS]
    monkeypatch.setattr(live, "now_ms", lambda: now[0])
    return now


def version(client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200 and "no-cache" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    return answer["ETag"]


def again(client, etag: str, path: str = "/") -> int:
    answer = client.get(path, headers={"If-None-Match": etag})
    if answer.status_code == 304:
        assert answer.content == b"" and answer["ETag"] == etag
    return answer.status_code


@pytest.mark.parametrize("path", ["/", "/services/shop/", "/services/shop/list/", "/outcomes/", "/codes/"])
def test_what_has_not_changed_is_not_sent_again_until_an_outcome_is_stored(admin_client, call, path):
    etag = version(admin_client, path)
    assert again(admin_client, etag, path) == 304
    make_outcome(call, 503)
    assert again(admin_client, etag, path) == 200


def test_an_outcome_has_a_version_too(admin_client, call):
    path = f"/outcomes/{make_outcome(call, 500).pk}/"
    assert again(admin_client, version(admin_client, path), path) == 304


def test_an_edit_changes_it(admin_client, call):
    etag = version(admin_client)
    call.service.name = "Store"
    call.service.save()
    assert again(admin_client, etag) == 200


def test_another_minute_changes_it(admin_client, call, minute):
    etag = version(admin_client)
    minute[0] += live.MINUTE_MS
    assert again(admin_client, etag) == 200


def test_another_person_zone_theme_or_address_has_another(admin_client, admin_user, client, django_user_model, call):
    etag = version(admin_client)
    client.force_login(django_user_model.objects.create_user("ann"))
    assert again(client, etag) == 200
    assert again(admin_client, etag, "/?since=-7d") == 200
    admin_user.theme = "dark"
    admin_user.save()
    assert again(admin_client, etag) == 200
    etag = version(admin_client)
    admin_client.cookies["zone"] = "Europe/Kyiv"
    assert again(admin_client, etag) == 200


def test_what_is_pressing_changes_it(admin_client, call):
    etag = version(admin_client)
    cache.set("pressing", [Told("The disk is full.")])
    assert again(admin_client, etag) == 200


class Told:
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


def test_several_versions_and_a_star_are_understood_or_answered_in_full(admin_client, call):
    etag = version(admin_client)
    assert again(admin_client, etag) == 304
    assert admin_client.get("/", headers={"If-None-Match": f'"x", {etag}'}).status_code == 304
    assert admin_client.get("/", headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_notice_is_told_once_and_kept_by_nobody(admin_client, call):
    etag = version(admin_client)
    admin_client.post("/preferences/", {"time_zone": "", "theme": ""})
    told = admin_client.get("/", headers={"If-None-Match": etag})
    assert told.status_code == 200 and b"Saved." in told.content
    assert "ETag" not in told and "no-store" in told["Cache-Control"]
    assert b"Saved." not in admin_client.get("/").content


def test_a_page_that_is_not_there_has_no_version(admin_client):
    answer = admin_client.get("/services/nobody/")
    assert answer.status_code == 404 and "ETag" not in answer


def test_it_costs_few_queries(admin_client, call, django_assert_max_num_queries):
    etag = version(admin_client)
    with django_assert_max_num_queries(3):
        assert again(admin_client, etag) == 304
