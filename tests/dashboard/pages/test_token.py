"""The pages of tokens."""

import re
from datetime import timedelta

import pytest

from apiclient.models import Team, Token
from tests.builders import bearer, make_service, make_token

pytestmark = pytest.mark.django_db
READABLE = re.compile(r"ab_[0-9a-f]{12}_[0-9a-f]{64}")


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user("ann")


def test_preferences_lead_there(admin_client):
    assert b'href="/tokens/"' in admin_client.get("/preferences/").content


def test_a_new_one_is_shown_once_and_works(admin_client, client):
    answer = admin_client.post("/tokens/new/", {"name": "CI <b>", "scopes": ["read"], "days": "90"})
    (text,) = READABLE.findall(answer.content.decode())
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"] and b"CI &lt;b&gt;" in answer.content
    for path in ("/tokens/", "/tokens/new/", "/preferences/", "/"):
        assert text.rpartition("_")[2] not in admin_client.get(path).content.decode()
    client.logout()
    assert client.get("/api/v1/", headers=bearer(text)).status_code == 200
    token = Token.objects.get()
    assert round((token.expires_at - token.created_at) / timedelta(days=1)) == 90


def test_it_can_be_limited_and_without_end(admin_client):
    service = make_service()
    admin_client.post("/tokens/new/", {"name": "x", "scopes": ["push"], "days": "", "services": [service.pk]})
    token = Token.objects.get()
    assert (token.expires_at, token.limited, list(token.services.all())) == (None, True, [service])


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "9"}, {"services": ["999"]}]
)
def test_what_cannot_be_is_told_beside_its_field(admin_client, change):
    make_service()
    answer = admin_client.post("/tokens/new/", {"name": "x", "scopes": ["read"], "days": "30"} | change)
    assert answer.status_code == 200 and b"field-error" in answer.content and not Token.objects.exists()


def test_a_viewer_is_offered_what_they_can_give(client, ann):
    hidden = make_service(name="Hidden")
    client.force_login(ann)
    content = client.get("/tokens/new/").content.decode()
    assert 'value="read"' in content and 'value="push"' not in content and 'value="write"' not in content
    assert "Hidden" not in content
    for more in ({"scopes": ["write"]}, {"scopes": ["read"], "services": [hidden.pk]}):
        client.post("/tokens/new/", {"name": "x", "days": "30"} | more)
    assert not Token.objects.exists()
    team = Team.objects.create(name="Shop", slug="shop")
    team.members.add(ann)
    team.services.add(hidden)
    assert "Hidden" in client.get("/tokens/new/").content.decode()


def test_one_sees_and_revokes_ones_own_and_admins_all(client, admin_client, admin_user, ann):
    mine, _ = make_token(ann, "read", name="Mine")
    theirs, _ = make_token(admin_user, "read", name="Theirs")
    client.force_login(ann)
    content = client.get("/tokens/").content.decode()
    assert "Mine" in content and "Theirs" not in content
    assert client.post(f"/tokens/{theirs.pk}/revoke/").status_code == 404
    content = client.post(f"/tokens/{mine.pk}/revoke/", follow=True).content.decode()
    assert "Mine was revoked" in content and 'class="tag">revoked' in content
    client.force_login(admin_user)
    content = client.get("/tokens/").content.decode()
    assert "Mine" in content and "Theirs" in content and "ann" in content


def test_looking_revokes_nothing_and_strangers_see_nothing(admin_client, admin_user, client):
    token, _ = make_token(admin_user, "read")
    assert admin_client.get(f"/tokens/{token.pk}/revoke/").status_code == 405
    client.logout()
    for path in ("/tokens/", "/tokens/new/", f"/tokens/{token.pk}/revoke/"):
        assert client.post(path).url.startswith("/accounts/login/")
    assert Token.objects.get().state == "valid"
