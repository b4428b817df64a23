"""The admin: what is configured is edited with clear refusals, what came of it is read cheaply, secrets stay hidden."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from apiclient.catalogue import Failure
from apiclient.models import Batch, Call, Due, Location, Message, Outcome, Service, User
from dashboard.celery import app
from tests.builders import make_call, make_location, make_outcome, make_service, make_team

pytestmark = pytest.mark.django_db
ADMIN = "/admin/apiclient"


NO_ANSWERS = {"answers-TOTAL_FORMS": "0", "answers-INITIAL_FORMS": "0"}


def service_form(**fields):
    usual = {"name": "Shop", "slug": "", "base_url": "https://shop.example", "headers": "{}", "enabled": "on"}
    return usual | NO_ANSWERS | fields


def call_form(service, **fields):
    usual = {"service": service.pk, "name": "Orders", "method": "GET", "path": "/orders", "headers": "{}", "body": ""}
    usual |= {"interval_seconds": "60", "cron": "", "time_zone": "UTC", "timeout_ms": "5000", "enabled": "on"}
    return usual | NO_ANSWERS | fields


def errors(answer):
    assert answer.status_code == 200, "nothing was refused"
    return answer.context["adminform"].form.errors


@pytest.fixture
def broker():
    """A real transport of Celery's that needs no server."""
    usual = app.conf.broker_url
    app.conf.broker_url = "memory://"
    app._after_fork()
    yield app
    app.conf.broker_url = usual
    app._after_fork()


def test_a_service_and_a_call_are_created_and_edited(admin_client):
    assert admin_client.post(f"{ADMIN}/service/add/", service_form()).status_code == 302
    service = Service.objects.get()
    assert service.slug == "shop"
    assert admin_client.post(f"{ADMIN}/call/add/", call_form(service)).status_code == 302
    call = Call.objects.get()
    assert call.next_due_at is not None
    changed = call_form(service, slug=call.slug, cron="*/5 * * * *", interval_seconds="", time_zone="Europe/Kyiv")
    assert admin_client.post(f"{ADMIN}/call/{call.pk}/change/", changed).status_code == 302
    call.refresh_from_db()
    assert (call.cron, call.interval_seconds) == ("*/5 * * * *", None)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("base_url", "shop.example/api", "http:// or https://"),
        ("base_url", "ftp://shop.example", "http:// or https://"),
        ("base_url", "http://0x7f000001/", "192.0.2.1"),
        ("base_url", "http://2130706433/", "192.0.2.1"),
        ("base_url", "http://127.1/", "192.0.2.1"),
        ("base_url", "https://shop.example/?key=1", "query into each call"),
        ("name", "Taken", "already exists"),
        ("headers", '["Accept"]', "JSON object"),
        ("headers", '"Accept"', "JSON object"),
        ("headers", "{nonsense", "no JSON"),
        ("headers", "[" * 100_000, "no JSON"),
        ("headers", '{"a": ' + "9" * 5000 + "}", "no JSON"),
        ("headers", '{"Accept": 1}', "JSON object"),
        ("headers", json.dumps({"X-A": "a\r\nb"}), "carriage return"),
        ("headers", json.dumps({"X-A": "a\nb"}), "line feed"),
        ("headers", json.dumps({"X-A": "a\0b"}), "NUL"),
        ("headers", '{"X-A": "\\ud800"}', "surrogate"),
        ("headers", json.dumps({"X A": "b"}), "without spaces"),
        ("headers", json.dumps({"Authorization": "•••"}), "none is kept"),
    ],
)
def test_a_bad_service_is_refused_at_its_field(admin_client, field, value, says):
    make_service(name="Taken")
    found = errors(admin_client.post(f"{ADMIN}/service/add/", service_form(**{field: value})))
    assert found.keys() <= {field, "slug"}  # a slug made of a name that is taken is taken too
    assert says in str(found[field])
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("path", "orders", "begins with /"),
        ("path", "/a b", "%20"),
        ("path", "/" + "a" * 1999, "at most 2000"),
        ("headers", "[]", "JSON object"),
        ("headers", "{'a': 1}", "no JSON"),
        ("headers", json.dumps({"X-A": "a\r\nb"}), "carriage return"),
        ("headers", json.dumps({"Host": "b"}), "not allowed"),
        ("body", "text", "must be empty for GET"),
        ("interval_seconds", "0", "1 to 2592000"),
        ("interval_seconds", "2592001", "1 to 2592000"),
        ("interval_seconds", "99999999999999999999", "less than or equal"),
        ("cron", "*/5 * * * *", "not both"),
        ("time_zone", "Mars/Olympus", "Europe/Kyiv"),
        ("expected_codes", "2xx, fine", "500-504"),
        ("timeout_ms", "0", "100"),
        ("name", "Taken", "already"),
        ("slug", "taken", "already"),
    ],
)
def test_a_bad_call_is_refused_at_its_field(admin_client, field, value, says):
    service = make_service()
    make_call(service, name="Taken")
    found = errors(admin_client.post(f"{ADMIN}/call/add/", call_form(service, **{field: value})))
    assert found.keys() <= {field, "slug"}  # a slug made of a name that is taken is taken too
    assert says in str(found[field])
    assert Call.objects.count() == 1


def test_a_cron_line_of_six_fields_is_refused(admin_client):
    answer = admin_client.post(
        f"{ADMIN}/call/add/", call_form(make_service(), interval_seconds="", cron="0 */5 * * * *")
    )
    assert "this one has 6" in str(errors(answer)["cron"])
    assert not Call.objects.exists()


def test_a_base_url_that_is_too_long_for_a_call_is_refused(admin_client):
    call = make_call(path="/" + "a" * 1000)
    form = service_form(name=call.service.name, slug=call.service.slug, base_url="https://shop.example/" + "b" * 1000)
    found = errors(admin_client.post(f"{ADMIN}/service/{call.service_id}/change/", form))
    assert "longest path" in str(found["base_url"])


def test_empty_headers_are_none(admin_client):
    assert admin_client.post(f"{ADMIN}/service/add/", service_form(headers="")).status_code == 302
    assert Service.objects.get().headers == {}


def test_secrets_are_kept_and_never_shown(admin_client):
    service = make_service(headers={"Authorization": "Bearer planted", "Accept": "text/plain"})
    call = make_call(service, headers={"X-Api-Key": "planted"}, path="/x?token=planted")
    page = admin_client.get(f"{ADMIN}/service/{service.pk}/change/")
    form = service_form(name=service.name, slug=service.slug, headers='{"Authorization": "•••", "Accept": "text/html"}')
    assert admin_client.post(f"{ADMIN}/service/{service.pk}/change/", form).status_code == 302
    service.refresh_from_db()
    assert service.headers == {"Authorization": "Bearer planted", "Accept": "text/html"}
    pages = [page, *map(admin_client.get, (f"{ADMIN}/service/", f"{ADMIN}/call/"))]
    pages += [admin_client.get(f"{ADMIN}/service/{service.pk}/history/")]
    assert all(b"planted" not in page.content for page in pages)
    assert all("planted" not in entry.change_message for entry in LogEntry.objects.all())
    assert b"X-Api-Key" in admin_client.get(f"{ADMIN}/call/{call.pk}/change/").content


def test_who_may_only_look_sees_no_secret(client):
    call = make_call(method="POST", path="/x?token=planted", headers={"Cookie": "planted"}, body="planted")
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    make_team([looker], [call.service])
    client.force_login(looker)
    page = client.get(f"{ADMIN}/call/{call.pk}/change/")
    assert page.status_code == 200
    assert b"planted" not in page.content
    assert b"run_now" not in client.get(f"{ADMIN}/call/").content


@pytest.mark.parametrize(("action", "enabled", "due"), [("disable", False, False), ("enable", True, True)])
def test_calls_are_paused_and_resumed_with_their_timetable(admin_client, action, enabled, due):
    calls = [make_call(enabled=not enabled) for _ in range(2)]
    admin_client.post(f"{ADMIN}/call/", {"action": action, "_selected_action": [call.pk for call in calls]})
    for call in Call.objects.all():
        assert call.enabled is enabled
        assert (call.next_due_at is not None) is due


def test_run_now_tells_where_its_outcome_will_be(admin_client, broker):
    call = make_call()
    choice = {"action": "run_now", "_selected_action": [call.pk]}
    page = admin_client.post(f"{ADMIN}/call/", choice, follow=True)
    (slot,) = Batch.objects.get().slots
    assert f"/outcomes/{slot}/" in page.content.decode()


def test_a_broker_that_does_not_answer_is_told(admin_client):
    call = make_call()
    choice = {"action": "run_now", "_selected_action": [call.pk]}
    page = admin_client.post(f"{ADMIN}/call/", choice, follow=True)
    assert page.status_code == 200
    assert "was not run: the broker does not answer" in page.content.decode()
    assert not Batch.objects.exists()


def test_deleting_a_call_does_not_list_its_outcomes(admin_client):
    call = make_call()
    outcome = make_outcome(call, 500)
    page = admin_client.get(f"{ADMIN}/call/{call.pk}/delete/").content.decode()
    assert "with all its outcomes" in page
    assert str(outcome) not in page
    admin_client.post(f"{ADMIN}/call/{call.pk}/delete/", {"post": "yes"})
    assert not Call.objects.exists()
    assert not Outcome.objects.exists()


def test_outcomes_are_listed_newest_first_without_a_count(admin_client, django_assert_max_num_queries):
    call, now = make_call(), timezone.now()
    made = [make_outcome(call, code, due_at=now - timedelta(hours=n)) for n, code in enumerate((200, 404, 500), 1)]
    make_outcome(call, 200, due_at=now - timedelta(days=2))
    with django_assert_max_num_queries(6) as queries:
        page = admin_client.get(f"{ADMIN}/outcome/?_facets=True")
    assert [row.pk for row in page.context["cl"].result_list] == [outcome.pk for outcome in made]
    assert not [query for query in queries.captured_queries if "COUNT(" in query["sql"].upper()]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("code_class=4xx", [404]),
        ("code_class=none", [None]),
        ("failure=dns", [None]),
        ("verdict=passed", [200]),
        ("since=1", [200]),
        ("since=168&code_class=5xx", [500]),
        ("verdict=nonsense&since=nonsense", [200, 404, None]),
    ],
)
def test_outcomes_are_filtered(admin_client, query, codes):
    call, now = make_call(), timezone.now()
    make_outcome(call, 200, due_at=now - timedelta(minutes=5))
    make_outcome(call, 404, due_at=now - timedelta(hours=2))
    make_outcome(call, failure=Failure.DNS, due_at=now - timedelta(hours=3))
    make_outcome(call, 500, due_at=now - timedelta(days=2))
    page = admin_client.get(f"{ADMIN}/outcome/?{query}")
    assert [row.status_code for row in page.context["cl"].result_list] == codes


def test_what_the_system_writes_is_read_only(admin_client):
    outcome = make_outcome(make_call(), 500, body=b"<b>no beans</b>", headers=(("Content-Type", "text/plain"),))
    page = admin_client.get(f"{ADMIN}/outcome/{outcome.pk}/change/").content.decode()
    assert "&lt;b&gt;no beans" in page
    assert 'name="_save"' not in page
    for name in ("outcome", "message", "batch"):
        assert admin_client.get(f"{ADMIN}/{name}/").status_code == 200
        assert admin_client.get(f"{ADMIN}/{name}/add/").status_code == 403
    assert admin_client.post(f"{ADMIN}/outcome/{outcome.pk}/change/", {"status_code": 200}).status_code == 403
    assert admin_client.post(f"{ADMIN}/outcome/{outcome.pk}/delete/", {"post": "yes"}).status_code == 403
    message = Message.objects.get()
    assert admin_client.get(f"{ADMIN}/message/{message.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("name", "most"),
    [("call", 6), ("service", 6), ("outcome", 6), ("message", 6), ("user", 9), ("team", 6), ("batch", 6)],
)
def test_lists_take_as_many_queries_for_ten_rows_as_for_one(admin_client, name, most, django_assert_max_num_queries):
    for number in range(10):
        make_outcome(make_call(), 500, body=b"no beans")
        make_team([User.objects.create_user(f"user{number}")], Service.objects.all())
    with django_assert_max_num_queries(most):
        assert admin_client.get(f"{ADMIN}/{name}/").status_code == 200


def test_a_location_is_made_and_a_call_runs_there(admin_client):
    assert admin_client.post(f"{ADMIN}/location/add/", {"name": "Paris", "slug": ""}).status_code == 302
    paris = Location.objects.get(slug="paris")
    assert b"answerback.paris" in admin_client.get(f"{ADMIN}/location/{paris.pk}/change/").content
    admin_client.post(f"{ADMIN}/call/add/", call_form(make_service(), locations=[paris.pk]))
    assert list(Due.objects.values_list("location", flat=True)) == [paris.pk]


@pytest.mark.parametrize(
    ("fields", "says"), [({"name": "Default"}, "already exists"), ({"name": "東京"}, "short name")]
)
def test_a_bad_location_is_refused(admin_client, fields, says):
    answer = admin_client.post(f"{ADMIN}/location/add/", {"slug": ""} | fields)
    assert says in str(errors(answer))


def test_deleting_a_location_says_what_is_lost_and_refuses_one_that_is_used(admin_client):
    used, spare = make_location(name="Used"), make_location(name="Spare")
    make_call(name="Orders", locations=[used])
    page = admin_client.get(f"{ADMIN}/location/{spare.pk}/delete/").content.decode()
    assert f"its outcomes keep the number {spare.pk} and lose the name" in page
    for location, words in (
        (used, "Orders. Take the location off them first"),
        (Location.objects.get(pk=0), "it stays"),
    ):
        address = f"{ADMIN}/location/{location.pk}/delete/"
        assert words in admin_client.get(address).content.decode()
        admin_client.post(address, {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [0, used.pk, spare.pk], "post": "yes"}
    admin_client.post(f"{ADMIN}/location/", chosen)
    assert Location.objects.count() == 3
    admin_client.post(f"{ADMIN}/location/{spare.pk}/delete/", {"post": "yes"})
    assert set(Location.objects.values_list("slug", flat=True)) == {"default", "used"}


@pytest.mark.parametrize(
    ("limit", "says"), [("0", "greater than or equal to 1"), ("-1", "greater"), ("x", "whole number")]
)
def test_a_limit_that_is_none_is_refused(admin_client, limit, says):
    answer = admin_client.post(f"{ADMIN}/service/add/", service_form(concurrency=limit))
    assert says in str(errors(answer)["concurrency"])


def test_a_new_service_is_offered_a_limit_and_may_have_none(admin_client):
    assert b'name="concurrency" value="50"' in admin_client.get(f"{ADMIN}/service/add/").content
    admin_client.post(f"{ADMIN}/service/add/", service_form(concurrency=""))
    assert Service.objects.get().concurrency is None


def test_calls_are_listed_once_however_many_locations_by_when_they_are_due(admin_client):
    often = make_call(interval_seconds=1, locations=[make_location(), make_location()])
    seldom = make_call(interval_seconds=2_592_000)
    Due.objects.filter(call=seldom).update(due_ms=2**41)
    column = str(1 + ["name", "service", "method", "address", "schedule", "next_due_at"].index("next_due_at"))
    for order, wanted in ((column, [often, seldom]), (f"-{column}", [seldom, often])):
        listed = admin_client.get(f"{ADMIN}/call/", {"o": order}).context["cl"].result_list
        assert list(listed) == wanted
