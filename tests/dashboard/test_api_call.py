"""calls/: listed and shown with when they are due next; created, changed and deleted by the rules of the pages."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import F
from django.utils.dateparse import parse_datetime

from apiclient.models import Call, Due, Outcome
from tests.builders import make_call, make_location, make_outcome, make_service
from tests.sent import pointers, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/calls/"


def test_a_call_shows_its_address_and_its_schedule(admin_client):
    call = make_call(make_service(base_url="https://shop.example/api/"), path="/orders", interval_seconds=30)
    shown = admin_client.get(f"{ADDRESS}{call.pk}/").json()
    assert shown["url"] == "https://shop.example/api/orders"
    assert (shown["interval_seconds"], shown["cron"], shown["time_zone"]) == (30, "", "UTC")
    assert shown["timeout_ms"] == 10_000
    assert parse_datetime(shown["next_due_at"]) == call.next_due_at


def test_a_paused_call_is_due_never(admin_client):
    call = make_call(enabled=False)
    assert admin_client.get(f"{ADDRESS}{call.pk}/").json()["next_due_at"] is None


def test_no_secret_of_a_call_is_shown(admin_client):
    make_call(
        method="POST", path="/x?token=planted-1", headers={"Cookie": "planted-2"}, body='{"password": "planted-3"}'
    )
    answer = admin_client.get(ADDRESS)
    assert b"planted" not in answer.content
    assert answer.json()["results"][0]["body_bytes"] == 25


def test_calls_of_one_service_are_found_by_its_slug_or_id(admin_client):
    call, _ = make_call(make_service(name="Shop")), make_call()
    for word in ("shop", call.service_id):
        found = admin_client.get(f"{ADDRESS}?service={word}").json()["results"]
        assert [row["id"] for row in found] == [call.pk]


@pytest.mark.parametrize(
    ("query", "word", "allowed"),
    [
        ("service=nobody", "service", "Use its id or its slug"),
        ("verdict=failed", "verdict", "cursor, limit, service"),
        ("limit=501", "limit", "1 to 500"),
        ("service=1&service=2", "service", "joined by commas"),
    ],
)
def test_a_word_that_is_not_understood_is_named(admin_client, query, word, allowed):
    answer = admin_client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == word
    assert allowed in error["detail"]


def test_a_list_of_calls_takes_as_many_queries_as_one_call(admin_client, django_assert_num_queries):
    for _ in range(10):
        make_call()
    with django_assert_num_queries(5):
        assert len(admin_client.get(ADDRESS).json()["results"]) == 10


@pytest.fixture
def shop(db):
    return make_service(name="Shop", base_url="https://shop.example")


@pytest.fixture
def call(shop):
    secrets = {"headers": {"Cookie": "planted"}, "path": "/x?token=planted&page=2", "body": '{"password": "planted"}'}
    return make_call(shop, name="List", method="POST", **secrets)


@pytest.fixture
def address(call):
    return f"{ADDRESS}{call.pk}/"


@pytest.mark.parametrize("by", ["id", "slug"])
def test_a_call_is_created_and_runs(admin_client, shop, by):
    service = shop.pk if by == "id" else "shop"
    answer = send(admin_client, "post", ADDRESS, {"service": service, "name": "List", "path": "/list"})
    shown = answer.json()
    assert (answer.status_code, shown["service"], shown["slug"]) == (201, shop.pk, "list")
    assert (shown["interval_seconds"], shown["timeout_ms"], shown["locations"]) == (60, 10_000, [])
    assert parse_datetime(shown["next_due_at"]) == Call.objects.get().next_due_at is not None


def test_what_get_shows_can_be_put_back_with_all_secrets_kept(admin_client, call, address):
    before = Call.objects.values().get()
    answer = send(admin_client, "put", address, admin_client.get(address).json() | {"timeout_ms": 5000})
    assert answer.status_code == 200 and b"planted" not in answer.content
    after = Call.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"timeout_ms", "updated_at"}


def test_naming_interval_or_cron_replaces_the_other(admin_client, address):
    cron = send(admin_client, "patch", address, {"cron": "*/5 * * * *"}).json()
    assert (cron["interval_seconds"], cron["cron"]) == (None, "*/5 * * * *")
    interval = send(admin_client, "patch", address, {"interval_seconds": 30}).json()
    assert (interval["interval_seconds"], interval["cron"]) == (30, "")
    demand = send(admin_client, "patch", address, {"interval_seconds": None}).json()
    assert (demand["interval_seconds"], demand["cron"], demand["next_due_at"]) == (None, "", None)


def test_locations_are_written_by_slug(admin_client, call, address):
    for name in ("Paris", "Kyiv"):
        make_location(name=name)
    tag = admin_client.get(address)["ETag"]
    answer = send(admin_client, "patch", address, {"locations": ["paris", "kyiv", "paris"]})
    assert answer.json()["locations"] == ["kyiv", "paris"] and answer["ETag"] != tag
    assert Due.objects.filter(call=call).count() == 2
    assert send(admin_client, "patch", address, {"locations": []}).json()["locations"] == []
    assert Due.objects.get(call=call).location_id == 0


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({"service": "other"}, "/service", "stays with its service"),
        ({"service": 999_999}, "/service", "its id or its slug"),
        ({"service": "nobody"}, "/service", "its id or its slug"),
        ({"service": "\x00"}, "/service", "its id or its slug"),
        ({"service": True}, "/service", "its id or its slug"),
        ({"service": 2**70}, "/service", "its id or its slug"),
        ({"service": None}, "/service", "null"),
        ({"name": "Taken"}, "/name", "already has a call"),
        ({"slug": "taken"}, "/slug", "already has a call"),
        ({"method": "BREW"}, "/method", "GET, HEAD"),
        ({"method": []}, "/method", "GET, HEAD"),
        ({"method": "GET"}, "/body", "must be empty"),
        ({"path": "list"}, "/path", "begins with /"),
        ({"path": "/x?token=•••"}, "/path", "stands for"),
        ({"body": "•••"}, "/body", "stands for"),
        ({"body": "é" * 131_073}, "/body", "262144"),
        ({"interval_seconds": 0}, "/interval_seconds", "1"),
        ({"interval_seconds": 10**12}, "/interval_seconds", "2592000"),
        ({"interval_seconds": 60, "cron": "* * * * *"}, "/cron", "not both"),
        ({"interval_seconds": None, "cron": "99 * * * *"}, "/cron", "five fields"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "time zone"),
        ({"expected_codes": "banana"}, "/expected_codes", "banana"),
        ({"timeout_ms": 99}, "/timeout_ms", "100"),
        ({"timeout_ms": 1.5}, "/timeout_ms", "whole number"),
        ({"slow_after_ms": 2**40}, "/slow_after_ms", "less"),
        ({"verify_tls": None}, "/verify_tls", "null"),
        ({"locations": "paris"}, "/locations", "list of slugs"),
        ({"locations": ["default", "atlantis"]}, "/locations/1", "default"),
        ({"url": "https://other.example"}, "/url", "cannot be changed"),
        ({"next": 1}, "/next", "Known are"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_nothing_is_saved(admin_client, shop, call, address, body, pointer, says):
    make_service(name="Other")
    make_call(shop, name="Taken")
    before = Call.objects.filter(pk=call.pk).values().get()
    found = pointers(send(admin_client, "patch", address, body))
    assert list(found) == [pointer] and says in found[pointer]
    assert Call.objects.filter(pk=call.pk).values().get() == before


def test_the_next_slot_moves_the_tag_but_stops_no_edit(admin_client, call, address):
    tag = admin_client.get(address)["ETag"]
    Due.objects.filter(call=call).update(due_ms=F("due_ms") + 60_000)
    assert admin_client.get(address, headers={"If-None-Match": tag}).status_code == 200
    assert send(admin_client, "patch", address, {"enabled": False}, **{"If-Match": tag}).status_code == 200
    assert send(admin_client, "patch", address, {"enabled": True}, **{"If-Match": tag}).status_code == 412


def test_a_call_is_deleted_with_its_outcomes(admin_client, call, address):
    make_outcome(call, 500)
    assert admin_client.delete(address).status_code == 204
    assert not Call.objects.exists() and not Outcome.objects.exists()
    assert admin_client.delete(address).status_code == 404


def test_calls_of_other_teams_are_not_there(client, django_user_model, shop, call, address):
    ann = django_user_model.objects.create_user("ann")
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    client.force_login(ann)
    assert client.get(ADDRESS).json()["results"] == []
    assert client.get(address).status_code == 404
    for method in ("put", "patch", "delete"):
        assert send(client, method, address, {}).status_code == 404
    assert send(client, "post", f"{address}run/", "").status_code == 404
    found = pointers(send(client, "post", ADDRESS, {"service": "shop", "name": "Own"}))
    assert "no service 'shop'" in found["/service"]


STEP = {"name": "Use it", "path": "/orders", "headers": {"Authorization": "Bearer {{ token }}"}}
TOKEN = {"name": "token", "from": "json", "expression": "$.token"}


def test_steps_and_captures_are_written_and_shown(admin_client, shop):
    body = {"service": shop.slug, "name": "Chain", "captures": [TOKEN], "steps": [STEP]}
    made = send(admin_client, "post", ADDRESS, body)
    assert made.status_code == 201, made.json()
    assert (made.json()["captures"], made.json()["steps"]) == ([TOKEN], [STEP])
    assert "steps" not in admin_client.get(ADDRESS).json()["results"][0]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"steps": {}}, "/steps"),
        ({"steps": [STEP, STEP | {"path": "orders"}], "captures": [TOKEN]}, "/steps/1/path"),
        ({"steps": [STEP | {"captures": [TOKEN | {"from": "moon"}]}], "captures": [TOKEN]}, "/steps/0/captures/0/from"),
        ({"steps": [STEP | {"headers": {"X-A": 7}}]}, "/steps/0/headers/X-A"),
        ({"captures": [TOKEN, TOKEN]}, "/captures/1/name"),
        ({"captures": "token"}, "/captures"),
        ({"steps": [STEP]}, "/steps"),  # nothing gives it a token
    ],
)
def test_what_is_wrong_in_a_chain_is_pointed_at(admin_client, shop, members, pointer):
    answer = send(admin_client, "post", ADDRESS, {"service": shop.slug, "name": "Chain"} | members)
    assert answer.status_code == 400
    assert [pointer] == [error["pointer"] for error in answer.json()["errors"]], answer.json()
    assert not Call.objects.filter(name="Chain").exists()


READY = {"kind": "body", "is": "contains", "value": "ready"}


def test_checks_are_shown_changed_and_pointed_at(admin_client):
    call = make_call()
    address = f"{ADDRESS}{call.pk}/"
    assert admin_client.get(address).json()["checks"] == []
    answer = send(admin_client, "patch", address, {"checks": [READY], "fail_after_ms": 900, "confirm_after_s": 30})
    assert answer.status_code == 200, answer.content
    call.refresh_from_db()
    assert (call.checks, call.fail_after_ms, call.confirm_after_s) == ([READY], 900, 30)
    assert list(pointers(send(admin_client, "patch", address, {"confirm_after_s": 0}))) == ["/confirm_after_s"]
    wrong = {"checks": [READY, {"kind": "json", "path": "x", "is": "present"}]}
    refused = send(admin_client, "patch", address, wrong)
    assert list(told := pointers(refused)) == ["/checks/1/path"]
    assert "RFC 9535" in told["/checks/1/path"]
    assert list(pointers(send(admin_client, "patch", address, {"checks": {}}))) == ["/checks"]
    call.refresh_from_db()
    assert call.checks == [READY]
