"""``tokens/``: made, listed and revoked by programs; nobody gives more than they have."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from apiclient.models import Team, Token
from tests.builders import bearer, make_service, make_token
from tests.dashboard.test_api_problem import problem

pytestmark = pytest.mark.django_db
PATH = "/api/v1/tokens/"


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user("ann")


@pytest.fixture
def editor(django_user_model):
    user = django_user_model.objects.create_user("eve")
    user.user_permissions.add(Permission.objects.get(codename="change_call"))
    return user


@pytest.fixture
def make(client):
    def post(body, text=None):
        return client.post(PATH, body, content_type="application/json", headers=bearer(text) if text else {})

    return post


def listed(client, text=None):
    answer = client.get(PATH, headers=bearer(text) if text else {})
    return [row["id"] for row in answer.json()["results"]]


def test_the_text_is_in_the_answer_that_makes_it_and_nowhere_else(client, admin_user, make):
    client.force_login(admin_user)
    service = make_service()
    end = timezone.now() + timedelta(days=1)
    body = {"name": "CI", "scopes": ["push", "read"], "expires_at": end.isoformat(), "services": [service.pk]}
    answer = make(body)
    made = answer.json()
    assert answer.status_code == 201 and answer["Cache-Control"] == "no-store"
    assert answer["Location"] == f"{PATH}{made['id']}/"
    shown = {"name": "CI", "owner": "admin", "scopes": ["read", "push"], "services": [service.pk], "state": "valid"}
    assert {name: made[name] for name in shown} == shown
    assert made["token"].startswith(made["prefix"]) and Token.find(made["token"]).expires_at == end
    secret = made["token"].rpartition("_")[2]
    for path in (PATH, answer["Location"]):
        found = client.get(path)
        assert found.status_code == 200 and secret not in found.content.decode()
        assert "secret" not in found.content.decode() and "hash" not in found.content.decode()
    assert secret not in "".join(entry.change_message for entry in LogEntry.objects.all())


def test_without_limits_it_has_none(client, admin_user, make):
    client.force_login(admin_user)
    for nothing in ({}, {"expires_at": None, "services": None}):
        made = make({"name": "all", "scopes": ["write"]} | nothing).json()
        assert (made["expires_at"], made["services"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "x" * 121, "scopes": ["read"]}, "name"),
        ({"name": "a\x00b", "scopes": ["read"]}, "name"),
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["admin"]}, "scopes"),
        ({"name": "x", "scopes": "read"}, "scopes"),
        ({"name": "x", "scopes": ["read"] * 11}, "scopes"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "scopes": ["read"], "expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
        ({"name": "x", "scopes": ["read"], "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "scopes": ["read"], "services": []}, "services"),
        ({"name": "x", "scopes": ["read"], "services": [10**30]}, "services"),
        ({"name": "x", "scopes": ["read"], "services": ["x"]}, "services"),
        ({"name": "x", "scopes": ["read"], "colour": "red"}, "colour"),
        ([], ""),
        ("x", ""),
    ],
)
def test_what_cannot_be_is_a_400_that_names_it_and_makes_nothing(client, admin_user, make, body, field):
    client.force_login(admin_user)
    assert field in str(problem(make(body), 400))
    assert not Token.objects.exists()


def test_a_viewer_gives_reading_alone(client, ann, make):
    client.force_login(ann)
    assert make({"name": "mine", "scopes": ["read"]}).status_code == 201
    for scope in ("push", "write"):
        assert f"{scope} is not yours to give" in str(problem(make({"name": "more", "scopes": [scope]}), 400))


def test_a_service_out_of_reach_is_as_if_it_were_not_there(client, ann, make):
    mine, other = make_service(), make_service()
    team = Team.objects.create(name="Shop", slug="shop")
    team.members.add(ann)
    team.services.add(mine)
    client.force_login(ann)
    assert make({"name": "x", "scopes": ["read"], "services": [mine.pk]}).status_code == 201
    said = [str(problem(make({"name": "x", "scopes": ["read"], "services": [pk]}), 400)["errors"] or "") for pk in
            (other.pk, 999)]  # fmt: skip
    assert said[0].replace(str(other.pk), "N") == said[1].replace("999", "N")


def test_a_token_asks_only_with_the_scope_write_of_an_editor(client, ann, editor, make):
    for owner, scope in ((editor, "read"), (editor, "push"), (ann, "write")):
        _, text = make_token(owner, scope)
        assert problem(client.get(PATH, headers=bearer(text)), 403) if owner is editor else True
        problem(make({"name": "x", "scopes": ["read"]}, text), 403)
    _, text = make_token(editor, "write")
    assert make({"name": "x", "scopes": ["read"]}, text).status_code == 201


def test_a_token_makes_none_with_more_than_it_has(admin_user, make):
    inside, outside = make_service(), make_service()
    end = timezone.now() + timedelta(days=1)
    _, text = make_token(admin_user, "write", expires_at=end, services=[inside])
    more = {"name": "more", "scopes": ["read"], "expires_at": end.isoformat()}
    assert "push is not yours" in str(problem(make(more | {"scopes": ["push"]}, text), 400))
    assert "expires then" in str(problem(make(more | {"expires_at": None}, text), 400))
    later = (end + timedelta(seconds=1)).isoformat()
    assert "expires then" in str(problem(make(more | {"expires_at": later}, text), 400))
    problem(make(more | {"services": [outside.pk]}, text), 400)
    made = make(more, text).json()
    assert made["services"] == [inside.pk] and made["owner"] == "admin"


def test_everybody_sees_and_revokes_their_own_and_admins_all(client, admin_user, ann):
    mine, _ = make_token(ann, "read")
    theirs, _ = make_token(admin_user, "read")
    client.force_login(ann)
    assert listed(client) == [mine.pk]
    assert client.get(f"{PATH}{theirs.pk}/").status_code == client.delete(f"{PATH}{theirs.pk}/").status_code == 404
    client.force_login(admin_user)
    assert listed(client) == [theirs.pk, mine.pk]
    assert client.delete(f"{PATH}{mine.pk}/").status_code == 204
    assert [client.get(f"{PATH}{one.pk}/").json()["state"] for one in (mine, theirs)] == ["revoked", "valid"]


def test_a_limited_token_sees_those_that_are_so_limited(client, admin_user, ann):
    inside, outside = make_service(), make_service()
    limited, text = make_token(admin_user, "write", services=[inside])
    for services in (None, [outside], [inside, outside]):
        make_token(admin_user, "read", services=services)
    make_token(ann, "read", services=[inside])
    assert listed(client, text) == [limited.pk]


def test_a_token_can_end_itself(client, admin_user):
    token, text = make_token(admin_user, "write")
    assert client.delete(f"{PATH}{token.pk}/", headers=bearer(text)).status_code == 204
    assert client.get(PATH, headers=bearer(text)).status_code == 401
