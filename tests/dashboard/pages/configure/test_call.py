"""Calls created, edited, duplicated and tried in the pages."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from apiclient.models import Call, Due, Outcome
from tests.builders import make_call, make_location, make_service, make_team

NEW = "/configure/calls/new/"
EDIT = "/configure/calls/shop/orders/"
MOST_QUERIES = 14
SECRET = {"Authorization": "Bearer hush-hush"}


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def orders(shop):
    return make_call(shop, name="Orders", path="/echo", headers=SECRET | {"Accept": "text/plain"})


def test_a_call_is_created_and_runs(admin_client, filled):
    answer = admin_client.post(NEW, filled(headers=json.dumps(SECRET)))
    assert (answer.status_code, answer.url) == (302, "/services/shop/orders/")
    call = Call.objects.get()
    assert (call.interval_seconds, call.timeout_ms, call.headers) == (60, 5000, SECRET)
    assert call.next_due_at is not None
    assert LogEntry.objects.get().get_change_message() == "Orders was added in the pages."


def test_the_form_of_a_new_call_has_its_service_and_sensible_values(admin_client, shop):
    content = text(admin_client.get(NEW, {"service": "shop"}))
    assert f'<option value="{shop.pk}" selected>' in content
    for value in ("1 min", "10 s"):
        assert f'value="{value}"' in content
    assert 'value="interval" ' in content and "The first run comes within 1 min of saving" in content


def test_without_a_service_the_way_leads_to_one(admin_client):
    answer = admin_client.get(NEW, follow=True)
    assert answer.redirect_chain == [("/configure/services/new/", 302)]
    assert "Name the service first" in text(answer)


def test_a_schedule_counts_and_the_other_one_is_ignored(admin_client, filled):
    admin_client.post(NEW, filled(schedule="cron", cron="0 6 * * *", interval_seconds="nonsense"))
    call = Call.objects.get()
    assert (call.interval_seconds, call.cron) == (None, "0 6 * * *")
    changed = filled(slug="orders", schedule="demand", cron="0 6 * * *", time_zone="Mars/Olympus")
    assert admin_client.post(EDIT, changed).status_code == 302
    call.refresh_from_db()
    assert (call.interval_seconds, call.cron, call.time_zone) == (None, "", "UTC")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("service", "", "required"),
        ("service", "999", "not one of the available choices"),
        ("service", "x" * 50, "not one of the available choices"),
        ("name", "", "required"),
        ("name", "a" * 10_000, "at most 120"),
        ("name", "a\0b", "Null characters"),
        ("method", "BREW", "not one of the available choices"),
        ("path", "orders", "begins with /"),
        ("path", "/a b", "%20"),
        ("path", "/\u202eevil", "U+202E"),
        ("headers", "{nonsense", "no JSON"),
        ("headers", "[" * 100_000, "no JSON"),
        ("headers", '{"Authorization": "•••"}', "none is kept"),
        ("headers", '{"X A": "b"}', "without spaces"),
        ("body", "text", "must be empty for GET"),
        ("interval_seconds", "", "Say how often"),
        ("interval_seconds", "banana", "no length of time"),
        ("interval_seconds", "0", "1 s to 30 d"),
        ("interval_seconds", "9" * 400, "no length of time"),
        ("timeout_ms", "3 min", "100 ms to 2 min"),
        ("timeout_ms", "", "required"),
        ("slow_after_ms", "-1", "no length of time"),
        ("expected_codes", "2xx, fine", "500-504"),
        ("slug", "not a slug", "slug"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(admin_client, filled, field, value, says):
    form = filled(**{field: value})
    answer = admin_client.post(NEW, form)
    content = text(answer)
    assert list(answer.context["form"].errors) == [field]
    assert says in str(answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in content and f'href="#id_{field}"' in content
    assert content.count("autofocus") == 1
    assert answer.context["form"]["name"].value() == form["name"]
    assert answer.context["form"][field].value() == value
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("cron", "says"), [("", "Give a cron"), ("* * *", "this one has 3"), ("0 0 31 2 *", "Bad day-of-month")]
)
def test_a_bad_cron_expression_is_refused(admin_client, filled, cron, says):
    answer = admin_client.post(NEW, filled(schedule="cron", cron=cron))
    assert says in str(answer.context["form"].errors["cron"])


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "\u202eesrever", "😀 🎉", "東京", '"quoted" & {% now %}', "a" * 120]
)
def test_odd_names_are_kept_and_shown_as_text(admin_client, filled, name):
    answer = admin_client.post(NEW, filled(name=name), follow=True)
    content = text(answer)
    call = Call.objects.get()
    assert call.name == name and call.slug
    assert "<script>alert" not in content and "\u202e" not in content
    assert "<script>alert" not in text(admin_client.get(f"/configure/calls/shop/{call.slug}/"))


def test_a_taken_name_is_told_and_a_taken_short_name_gets_a_number(admin_client, filled, orders):
    assert "already has a call" in str(admin_client.post(NEW, filled()).context["form"].errors["name"])
    admin_client.post(NEW, filled(name="Orders!"))
    assert Call.objects.get(name="Orders!").slug == "orders-2"


def test_secrets_are_kept_when_a_call_is_edited_and_never_shown(admin_client, filled, orders):
    content = text(admin_client.get(EDIT))
    assert "hush" not in content and "•••" in content
    answer = admin_client.post(EDIT, filled(slug="orders", headers='{"Authorization": "•••", "X-New": "1"}'))
    assert answer.status_code == 302
    orders.refresh_from_db()
    assert orders.headers == SECRET | {"X-New": "1"}


def test_an_edit_stays_with_its_service(admin_client, filled, orders):
    admin_client.post(EDIT, filled(slug="orders", service=make_service().pk, path="/other"))
    orders.refresh_from_db()
    assert (orders.service.slug, orders.path) == ("shop", "/other")


def test_line_ends_of_a_body_stay_as_they_were(admin_client, filled, orders):
    for body in ("one\ntwo\n", "one\r\ntwo", "  spaced  "):
        Call.objects.filter(pk=orders.pk).update(body=body, method="POST")
        sent = body.replace("\r\n", "\n").replace("\n", "\r\n")
        assert admin_client.post(EDIT, filled(slug="orders", method="POST", body=sent)).status_code == 302
        orders.refresh_from_db()
        assert orders.body == body
    admin_client.post(EDIT, filled(slug="orders", method="POST", body="new\r\nlines"))
    orders.refresh_from_db()
    assert orders.body == "new\nlines"


def test_trying_shows_the_answer_and_stores_nothing(admin_client, filled, shop):
    form = filled(name="", path="/status/404", headers=json.dumps(SECRET), **{"try": "1"})
    answer = admin_client.post(NEW, form)
    content = text(answer)
    assert "404" in content and "Not Found" in content and "is not among the codes" in content
    assert "status 404" in content and "Phases of this exchange" in content
    assert 'value="/status/404"' in content and not answer.context["form"].errors
    assert not Call.objects.exists() and not Outcome.objects.exists()


def test_trying_an_edited_call_sends_the_secrets_that_are_kept(admin_client, filled, orders, target):
    form = filled(path="/echo", headers='{"Authorization": "•••"}', **{"try": "1"})
    content = text(admin_client.post(EDIT, form))
    assert target.requests[-1].headers["authorization"] == "Bearer hush-hush"
    assert "hush" not in content
    orders.refresh_from_db()
    assert orders.headers == SECRET | {"Accept": "text/plain"}


def test_an_answer_with_markup_is_shown_as_text(admin_client, filled):
    content = text(
        admin_client.post(NEW, filled(path="/body?text=%3Cscript%3Ealert(1)%3C/script%3E&type=text/html", **{"try": 1}))
    )
    assert "&lt;script&gt;alert(1)" in content and "<script>alert(1)" not in content


def test_no_answer_comes_with_advice(admin_client, filled):
    content = text(admin_client.post(NEW, filled(path="/hang", timeout_ms="100 ms", **{"try": "1"})))
    assert "Timed out" in content and "What to check." in content


def test_what_cannot_be_tried_is_said_at_its_field_and_replaces_the_form(admin_client, filled):
    answer = admin_client.post(NEW, filled(path="no slash", name="", interval_seconds="x", **{"try": "1"}))
    assert list(answer.context["form"].errors) == ["path"]
    assert answer["HX-Retarget"] == "#configure" and "Nothing was sent" in text(answer)


def test_script_replaces_the_result_alone_unless_errors_stand_in_the_form(admin_client, filled):
    assert 'hx-target="#trial"' in text(admin_client.get(NEW))
    assert 'hx-target="#configure"' in text(admin_client.post(NEW, filled(path="no slash", **{"try": "1"})))
    assert 'hx-target="#trial"' in text(admin_client.post(NEW, filled(**{"try": "1"})))


def test_too_many_at_once_is_a_sentence(admin_client, filled, monkeypatch):
    monkeypatch.setattr("apiclient.trial._places.acquire", lambda blocking: False)
    assert "4 requests are being tried" in text(admin_client.post(NEW, filled(**{"try": "1"})))


def test_a_duplicate_has_all_but_the_name(admin_client, filled, orders):
    paris = make_location(name="Paris")
    orders.locations.set([paris])
    content = text(admin_client.get(f"{EDIT}duplicate/"))
    assert 'value="Orders (copy)"' in content and "hush" not in content
    assert f'value="{paris.pk}"' in content and "checked" in content
    form = filled(name="Orders (copy)", headers='{"Authorization": "•••"}', locations=[paris.pk])
    assert admin_client.post(f"{EDIT}duplicate/", form).url == "/services/shop/orders-copy/"
    copy = Call.objects.get(slug="orders-copy")
    assert copy.headers == SECRET and list(Due.objects.filter(call=copy).values_list("location", flat=True)) == [
        paris.pk
    ]
    assert 'value="Orders (copy 2)"' in text(admin_client.get(f"{EDIT}duplicate/"))
    orders.refresh_from_db()
    assert orders.name == "Orders"


def test_two_at_the_same_moment_are_told(admin_client, filled, orders, monkeypatch):
    monkeypatch.setattr("apiclient.models.Call.full_clean", lambda *args, **kwargs: None)
    answer = admin_client.post(NEW, filled())
    assert "at this very moment" in str(answer.context["form"].errors["name"])


@pytest.mark.parametrize("path", [NEW, EDIT, f"{EDIT}duplicate/", "/configure/next/"])
def test_only_who_may_edit(client, django_user_model, orders, filled, path):
    answer = client.get(path)
    assert answer.status_code == 302 and answer.url.startswith("/accounts/login/")
    ann = django_user_model.objects.create_user("ann")
    client.force_login(ann)
    assert client.get(path).status_code == 403
    assert client.post(path, filled(**{"try": "1"})).status_code == 403
    make_team([ann], [orders.service])
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    assert client.get(path).status_code == 200


def test_a_post_from_elsewhere_is_refused(orders, filled, admin_user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(NEW, filled(**{"try": "1"})).status_code == 403


def test_what_is_not_there_is_404(admin_client, shop):
    for page in ("", "duplicate/", "delete/"):
        assert admin_client.get(f"{EDIT}{page}").status_code == 404


def test_queries_do_not_grow_with_calls(admin_client, django_assert_max_num_queries, orders):
    for _ in range(5):
        make_call(orders.service)
        make_service()
    for path in (NEW, EDIT, f"{EDIT}duplicate/"):
        with django_assert_max_num_queries(MOST_QUERIES):
            admin_client.get(path)


def test_who_saves_second_is_told_of_the_first(admin_client, filled, orders):
    opened = admin_client.get(EDIT).context["form"]["version"].value()
    paris = make_location(name="Paris")
    orders.locations.add(paris)
    answer = admin_client.post(EDIT, filled(slug="orders", path="/mine", version=opened))
    assert "Nothing was saved" in text(answer) and 'value="/mine"' in text(answer)
    assert Call.objects.get().path == "/echo"
