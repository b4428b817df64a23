"""services/: listed and shown, secrets masked; created, changed and deleted by the rules of the pages."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from apiclient.models import Outcome, Service, Team
from tests.builders import make_call, make_outcome, make_service, make_team
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/services/"


def test_a_service_shows_what_is_configured(admin_client):
    service = make_service(name="Shop", base_url="https://shop.example/api", headers={"Accept": "text/plain"})
    shown = admin_client.get(f"{ADDRESS}{service.pk}/").json()
    assert shown["slug"] == "shop"
    assert shown["base_url"] == "https://shop.example/api"
    assert shown["headers"] == {"Accept": "text/plain"}
    assert shown["created_at"].endswith("Z")


def test_secret_headers_are_masked(admin_client):
    make_service(headers={"Authorization": "Bearer planted-secret", "X-Api-Key": "planted-secret"})
    answer = admin_client.get(ADDRESS)
    assert answer.json()["results"][0]["headers"] == {"Authorization": "•••", "X-Api-Key": "•••"}
    assert b"planted" not in answer.content


def test_pages_are_walked_by_their_links_there_and_back(admin_client):
    wanted = [make_service().pk for _ in range(5)]
    address, seen, pages = f"{ADDRESS}?limit=2", [], []
    while address:
        answer = admin_client.get(address)
        pages.append(answer.json())
        seen += [row["id"] for row in pages[-1]["results"]]
        address = pages[-1]["next"]
    assert seen == wanted
    assert [page["previous"] is None for page in pages] == [True, False, False]
    before = admin_client.get(pages[2]["previous"]).json()
    assert before["results"] == pages[1]["results"]
    first = admin_client.get(before["previous"]).json()
    assert first["results"] == pages[0]["results"]
    assert first["previous"] is None


def test_link_headers_say_what_the_body_says(admin_client):
    for _ in range(3):
        make_service()
    answer = admin_client.get(f"{ADDRESS}?limit=1")
    assert answer["Link"] == f'<{answer.json()["next"]}>; rel="next"'
    middle = admin_client.get(answer.json()["next"])
    assert middle["Link"] == f'<{middle.json()["next"]}>; rel="next", <{middle.json()["previous"]}>; rel="prev"'


def test_a_page_of_fifty_takes_as_many_queries_as_one_of_one(admin_client, django_assert_num_queries):
    for _ in range(20):
        make_service()
    with django_assert_num_queries(6):  # the teams of services, of who asks, and all there are
        assert len(admin_client.get(ADDRESS).json()["results"]) == 20


@pytest.fixture
def shop(db):
    return make_service(name="Shop", base_url="https://shop.example", headers={"X-Token": "planted", "Accept": "a/b"})


@pytest.fixture
def address(shop):
    return f"{ADDRESS}{shop.pk}/"


def test_a_service_is_created_with_defaults(admin_client):
    answer = send(admin_client, "post", ADDRESS, {"name": "Shop", "base_url": "https://shop.example"})
    shown = answer.json()
    assert (answer.status_code, shown["slug"], shown["concurrency"], shown["enabled"]) == (201, "shop", 50, True)
    assert answer["Location"] == f"http://testserver{ADDRESS}{shown['id']}/"
    assert admin_client.get(answer["Location"])["ETag"] == answer["ETag"]
    assert LogEntry.objects.get().get_change_message() == "Added through the API."


def test_what_get_shows_can_be_edited_and_put_back(admin_client, shop, address):
    shown = admin_client.get(address).json()
    answer = send(admin_client, "put", address, shown | {"name": "Store"})
    assert (answer.status_code, answer.json()["name"], answer.json()["slug"]) == (200, "Store", "shop")
    shop.refresh_from_db()
    assert shop.headers == {"X-Token": "planted", "Accept": "a/b"}
    assert b"planted" not in answer.content
    assert LogEntry.objects.get().get_change_message() == "Changed through the API: name."


def test_put_gives_defaults_to_what_is_left_out_and_patch_keeps_it(admin_client, shop, address):
    created_at = admin_client.get(address).json()["created_at"]
    kept = send(admin_client, "patch", address, {"description": "Ask Ann."}).json()
    assert kept["headers"] == {"X-Token": "•••", "Accept": "a/b"}
    replaced = send(admin_client, "put", address, {"name": "Store", "base_url": "https://store.example"}).json()
    assert (replaced["slug"], replaced["description"], replaced["headers"]) == ("store", "", {})
    assert (replaced["id"], replaced["created_at"]) == (shop.pk, created_at)


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({"name": ""}, "/name", "blank"),
        ({"name": 7}, "/name", "Use a text"),
        ({"name": None}, "/name", "null"),
        ({"name": "a" * 121}, "/name", "120"),
        ({"name": "a\x00b"}, "/name", "ull"),
        ({"name": "\ud800"}, "/name", "urrogate"),
        ({"name": "Taken"}, "/name", "already exists"),
        ({"slug": "new"}, "/slug", "address of a page"),
        ({"slug": "../"}, "/slug", "letters"),
        ({"slug": "taken"}, "/slug", "already exists"),
        ({"base_url": "shop.example"}, "/base_url", "http:// or https://"),
        ({"base_url": "https://•••@shop.example"}, "/base_url", "stands for"),
        ({"headers": []}, "/headers", "object of names and texts"),
        ({"headers": {"Host": "b"}}, "/headers/Host", "not allowed"),
        ({"headers": {"A/~b": "c"}}, "/headers/A~1~0b", "not allowed"),
        ({"headers": {"Authorization": 5}}, "/headers/Authorization", "Use a text"),
        ({"headers": {"X-Other": "•••"}}, "/headers/X-Other", "none is kept"),
        ({"concurrency": 0}, "/concurrency", "greater"),
        ({"concurrency": "5"}, "/concurrency", "whole number"),
        ({"concurrency": True}, "/concurrency", "whole number"),
        ({"concurrency": 10**300}, "/concurrency", "less"),
        ({"enabled": "yes"}, "/enabled", "true or false"),
        ({"enabled": 1}, "/enabled", "true or false"),
        ({"colour": "red"}, "/colour", "base_url"),
        ({"id": 999}, "/id", "cannot be changed"),
        ([], "", "one JSON object"),
        ("red", "", "one JSON object"),
        (None, "", "one JSON object"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_nothing_is_saved(admin_client, shop, address, body, pointer, says):
    make_service(name="Taken")
    before = Service.objects.filter(pk=shop.pk).values().get()
    found = pointers(send(admin_client, "patch", address, json.dumps(body)))
    assert list(found) == [pointer] and says in found[pointer]
    assert Service.objects.filter(pk=shop.pk).values().get() == before


def test_everything_that_is_wrong_is_told_at_once(admin_client):
    found = pointers(send(admin_client, "post", ADDRESS, {"name": 5, "colour": 1, "id": 7, "headers": {"Host": "a"}}))
    assert set(found) == {"/name", "/colour", "/id", "/headers/Host", "/base_url"}


def test_a_stale_tag_is_refused_and_says_who_was_faster(admin_client, shop, address):
    read = admin_client.get(address)
    changed = send(admin_client, "patch", address, {"name": "Store"}, **{"If-Match": read["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != read["ETag"]
    for method in ("put", "patch", "delete"):
        late = send(admin_client, method, address, {"name": "Late"}, **{"If-Match": read["ETag"]})
        assert late.status_code == 412 and late["ETag"] == changed["ETag"]
        assert "admin changed this" in late.json()["detail"] and changed["ETag"] in late.json()["detail"]
    assert Service.objects.get().name == "Store"
    assert send(admin_client, "delete", address, "", **{"If-Match": changed["ETag"]}).status_code == 204


@pytest.mark.parametrize("tag", ["*", "W/{}", '"other", {}', "{}"])
def test_a_tag_may_be_any_weak_or_one_of_several(admin_client, address, tag):
    tag = tag.format(admin_client.get(address)["ETag"])
    assert send(admin_client, "patch", address, {"description": "x"}, **{"If-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("tag", ["without-quotes", "", '"a" "b"', '"a', "*, *"])
def test_a_tag_that_is_none_is_refused(admin_client, address, name, tag):
    method = "get" if name == "If-None-Match" else "delete"
    answer = getattr(admin_client, method)(address, headers={name: tag})
    assert answer.status_code == 400 and answer.json()["errors"][0]["header"] == name


def test_what_is_known_is_not_sent_again(admin_client, address):
    tag = admin_client.get(address)["ETag"]
    same = admin_client.get(address, headers={"If-None-Match": f"W/{tag}"})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    send(admin_client, "patch", address, {"description": "x"})
    assert admin_client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_service_is_deleted_with_its_calls_and_outcomes(admin_client, shop, address):
    make_outcome(make_call(shop), 500, body=b"no beans")
    answer = admin_client.delete(address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Outcome.objects.exists() and not Service.objects.exists()
    assert LogEntry.objects.get().get_change_message() == "Deleted through the API."


def test_viewers_may_read_only(client, django_user_model, shop, address):
    ann = django_user_model.objects.create_user("ann")
    make_team([ann], [shop])
    client.force_login(ann)
    assert client.get(address).status_code == 200
    for method in ("put", "patch", "delete"):
        assert send(client, method, address, {}).status_code == 403
    assert send(client, "post", ADDRESS, {}).status_code == 403


def test_an_editor_sees_what_they_make_and_nothing_of_other_teams(client, django_user_model, shop, address):
    ann = django_user_model.objects.create_user("ann")
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    client.force_login(ann)
    body = {"name": "Own", "base_url": "https://own.example"}
    assert send(client, "post", ADDRESS, body).status_code == 403
    assert not Service.objects.filter(name="Own").exists()
    make_team([ann])
    answer = send(client, "post", ADDRESS, body)
    assert answer.status_code == 201 and client.get(answer["Location"]).status_code == 200
    assert client.get(address).status_code == 404
    for method in ("put", "patch", "delete"):
        assert send(client, method, address, body).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_that_read_the_same_one_is_refused(django_user_model):
    service = make_service(name="Shop")
    address, both = f"{ADDRESS}{service.pk}/", Barrier(2)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(django_user_model.objects.create_superuser(f"admin {id(client)}"))
    tag = clients[0].get(address)["ETag"]

    def edit(client):
        try:
            both.wait(10)
            return send(client, "patch", address, {"name": f"By {id(client)}"}, **{"If-Match": tag}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(edit, clients)) == [200, 412]
    assert LogEntry.objects.count() == 1


@pytest.fixture
def ann(django_user_model):
    ann = django_user_model.objects.create_user("ann")
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    return ann


def test_an_editor_puts_a_service_into_teams_of_theirs_and_leaves_others_alone(client, ann):
    make_team([ann], name="Mine"), make_team([ann], name="Ours")
    theirs, service = make_team(name="Theirs"), make_service(name="Shop")
    service.teams.set([theirs, Team.objects.get(slug="mine")])
    client.force_login(ann)
    address = f"{ADDRESS}{service.pk}/"
    assert client.get(address).json()["teams"] == ["mine"]
    assert send(client, "patch", address, {"teams": ["ours"]}).json()["teams"] == ["ours"]
    assert set(service.teams.values_list("slug", flat=True)) == {"theirs", "ours"}
    assert send(client, "patch", address, {"name": "Store"}).json()["teams"] == ["ours"]


@pytest.mark.parametrize("teams", [[], ["theirs"], ["nowhere"], "ours", [7]])
def test_teams_that_cannot_be_chosen_are_named_and_nothing_is_saved(client, ann, teams):
    make_team([ann], name="Ours"), make_team(name="Theirs")
    client.force_login(ann)
    answer = send(client, "post", ADDRESS, {"name": "Shop", "base_url": "https://shop.example", "teams": teams})
    assert next(iter(pointers(answer))).startswith("/teams")
    assert not Service.objects.exists()


def test_a_new_service_joins_the_teams_that_are_named(client, ann):
    make_team([ann], name="Mine"), make_team([ann], name="Ours")
    client.force_login(ann)
    answer = send(client, "post", ADDRESS, {"name": "Shop", "base_url": "https://shop.example", "teams": ["ours"]})
    assert (answer.status_code, answer.json()["teams"]) == (201, ["ours"])
