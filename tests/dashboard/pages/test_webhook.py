"""Webhooks in the pages: a secret is shown once; what was sent is seen; others' webhooks are not there."""

import pytest
from django.contrib.auth.models import Permission

from apiclient import webhook
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.models import Delivery, Team, User, Webhook
from apiclient.webhook import outbox
from tests.builders import make_call, make_outcome, make_service, make_webhook

MARKUP = "<b>bold</b>"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr("apiclient.tasks.tell.delay", lambda: None)


def form(**fields):
    usual = {"name": "Chat", "url": "https://hooks.example.com/x?token=planted-token", "enabled": "on", "team": ""}
    return usual | {"changes": ["failed", "recovered"]} | fields


def text_of(answer):
    return answer.content.decode()


def test_a_new_one_shows_its_secret_in_that_answer_alone(admin_client, admin_user):
    answer = admin_client.post("/webhooks/new/", form())
    hook = Webhook.objects.get()
    assert hook.newest_secret in text_of(answer) and "no-store" in answer["Cache-Control"]
    assert (hook.owner, hook.changes, hook.limited) == (admin_user, ["failed", "recovered"], False)
    for path in ("/webhooks/", f"/webhooks/{hook.pk}/", f"/webhooks/{hook.pk}/edit/", "/webhooks/new/"):
        page = text_of(admin_client.get(path))
        assert "whsec_" not in page and "planted-token" not in page
    assert "whsec_" not in str(admin_client.session.items()) + str(admin_client.cookies)


def test_a_new_secret_is_shown_once(admin_client):
    hook = make_webhook()
    answer = admin_client.post(f"/webhooks/{hook.pk}/secret/")
    fresh = Webhook.objects.get().newest_secret
    assert fresh in text_of(answer) and fresh != hook.newest_secret
    assert admin_client.get(f"/webhooks/{hook.pk}/secret/").status_code == 405


def test_who_was_overtaken_is_told_and_saves_knowingly(admin_client, admin_user):
    hook = make_webhook(owner=admin_user)
    address = f"/webhooks/{hook.pk}/edit/"
    shown = admin_client.get(address).context["form"].initial["version"]
    assert admin_client.post(address, form(name="First", version=shown)).status_code == 302
    late = admin_client.post(address, form(name="Second", version=shown))
    assert late.status_code == 200 and "admin changed this" in text_of(late)
    assert Webhook.objects.get().name == "First"
    again = late.context["form"].data["version"]
    assert admin_client.post(address, form(name="Second", version=again)).status_code == 302
    assert Webhook.objects.get().name == "Second"


def test_it_is_edited_and_keeps_what_the_mask_stands_for(admin_client):
    shop = make_service(name="Shop")
    admin_client.post("/webhooks/new/", form(services=[shop.pk]))
    hook = Webhook.objects.get()
    page = text_of(admin_client.get(f"/webhooks/{hook.pk}/edit/"))
    assert "token=•••" in page
    answer = admin_client.post(
        f"/webhooks/{hook.pk}/edit/",
        form(name="Pager", url="https://hooks.example.com/x?token=•••", changes=["degraded"], services=[shop.pk]),
    )
    assert (answer.status_code, answer.url) == (302, f"/webhooks/{hook.pk}/")
    after = Webhook.objects.get()
    assert (after.name, after.url, after.changes, after.secret) == ("Pager", hook.url, ["degraded"], hook.secret)
    assert after.limited and "<bdi>Shop</bdi>" in text_of(admin_client.get("/webhooks/"))


def test_a_new_one_is_told_everything_unless_something_is_left_out(admin_client):
    assert admin_client.get("/webhooks/new/").context["form"]["changes"].value() == ["failed", "degraded", "recovered"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "required"),
        ("name", "x" * 121, "at most 120"),
        ("url", "hooks.example.com", "http:// or https://"),
        ("url", "http://192.168.0.7/hook", "private address"),
        ("url", "https://hooks.example.com/?key=•••", "Give the whole address"),
        ("changes", [], "at least one"),
        ("changes", ["broken"], "valid choice"),
        ("services", ["999"], "not one of the available"),
        ("team", "999", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(admin_client, field, value, says):
    answer = admin_client.post("/webhooks/new/", form(**{field: value}))
    assert list(answer.context["form"].errors) == [field]
    assert says in str(answer.context["form"].errors[field])
    assert not Webhook.objects.exists()


def test_deleting_asks_first(admin_client):
    hook = make_webhook()
    webhook.send_test(hook, now_ms())
    assert "1 event that waits will not be sent" in text_of(admin_client.get(f"/webhooks/{hook.pk}/delete/"))
    assert Webhook.objects.exists()
    assert admin_client.post(f"/webhooks/{hook.pk}/delete/").url == "/webhooks/"
    assert not Webhook.objects.exists() and not Delivery.objects.exists()


def test_what_was_sent_is_seen_with_how_it_went(admin_client):
    hook = make_webhook()
    make_outcome(make_call(make_service(name="Shop"), name="Basket"), 503)
    webhook.settle(now_ms())
    (taken,) = outbox.take(now_ms())
    page = text_of(admin_client.get(f"/webhooks/{hook.pk}/"))
    assert "being sent" in page and 'hx-trigger="every 2s"' in page
    outbox.end(outbox.Attempt(taken.pk, 1, 502, None, 7_000, MARKUP), now_ms())
    page = text_of(admin_client.get(f"/webhooks/{hook.pk}/"))
    assert "waiting" in page and "502" in page and "shop/basket" in page and "io.answerback.call" in page
    assert MARKUP not in page and "&lt;b&gt;bold" in page
    outbox.end(outbox.Attempt(taken.pk, 1, None, Failure.BLOCKED, 0, "not allowed"), now_ms())
    assert Failure.BLOCKED.label in text_of(admin_client.get(f"/webhooks/{hook.pk}/"))


def test_a_test_event_is_sent_and_one_is_sent_again(admin_client):
    hook = make_webhook()
    admin_client.post(f"/webhooks/{hook.pk}/test/")
    (taken,) = outbox.take(now_ms())
    again = f"/webhooks/{hook.pk}/deliveries/{taken.pk}/again/"
    answer = admin_client.post(again, follow=True)
    assert "being sent at this moment" in text_of(answer)
    outbox.end(outbox.Attempt(taken.pk, 1, 200, None, 7), now_ms())
    assert "sent again" in text_of(admin_client.post(again, follow=True))
    assert outbox.is_waiting(now_ms())
    assert admin_client.get(again).status_code == 405


def test_one_that_is_off_says_so(admin_client):
    hook = make_webhook(enabled=False)
    assert "Switch it on first" in text_of(admin_client.post(f"/webhooks/{hook.pk}/test/", follow=True))
    assert not Delivery.objects.exists()


def test_one_that_is_gone_says_what_to_do(admin_client):
    hook = make_webhook()
    webhook.send_test(hook, now_ms())
    (taken,) = outbox.take(now_ms())
    outbox.end(outbox.Attempt(taken.pk, 1, 410, None, 7), now_ms())
    assert "410 Gone" in text_of(admin_client.get(f"/webhooks/{hook.pk}/"))
    assert "gone" in text_of(admin_client.get("/webhooks/"))


def test_who_may_see_and_change_what(client):
    team = Team.objects.create(name="Sales", slug="sales")
    ann, bob = User.objects.create_user("ann"), User.objects.create_user("bob")
    ann.user_permissions.add(Permission.objects.get(codename="change_call"))
    team.members.set([ann, bob])
    of_team, other = make_webhook(team=team, url="https://hooks.example.com/planted-path"), make_webhook()
    changing = ("edit/", "delete/", "secret/", "test/", "deliveries/1/again/")
    for user, status in ((ann, 404), (bob, 403)):
        client.force_login(user)
        assert client.get(f"/webhooks/{of_team.pk}/").status_code == 200
        assert client.get(f"/webhooks/{other.pk}/").status_code == 404
        assert [client.post(f"/webhooks/{other.pk}/{path}").status_code for path in changing] == [status] * 5
    assert [client.post(f"/webhooks/{of_team.pk}/{path}").status_code for path in changing] == [403] * 5
    assert client.get("/webhooks/new/").status_code == 403
    page = text_of(client.get(f"/webhooks/{of_team.pk}/")) + text_of(client.get("/webhooks/"))
    assert "planted-path" not in page and "hooks.example.com" in page and "Edit" not in page
    client.logout()
    assert client.get("/webhooks/").status_code == 302
