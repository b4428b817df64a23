"""Tokens in the admin: seen and revoked there, made in the pages, their secrets nowhere."""

import pytest

from apiclient.models import Token
from tests.builders import make_token

pytestmark = pytest.mark.django_db
ADMIN = "/admin/apiclient/token/"


def test_no_page_shows_a_secret_or_its_hash(admin_client, admin_user):
    token, text = make_token(admin_user, "read", name="CI")
    for path in (ADMIN, f"{ADMIN}{token.pk}/change/", f"{ADMIN}{token.pk}/history/", f"{ADMIN}?q={token.public}"):
        content = admin_client.get(path).content.decode()
        assert "CI" in content and text not in content and token.secret_hash not in content


def test_one_is_made_in_the_pages(admin_client):
    assert admin_client.get(f"{ADMIN}add/").url == "/tokens/new/"


def test_nothing_of_it_can_be_edited_or_deleted(admin_client, admin_user):
    token, _ = make_token(admin_user, "read", name="CI")
    admin_client.post(f"{ADMIN}{token.pk}/change/", {"name": "Other", "scopes": '["write"]', "secret_hash": "0"})
    assert admin_client.post(f"{ADMIN}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Token.objects.get().scopes == ["read"] and Token.objects.get().name == "CI"


def test_those_chosen_are_revoked_and_the_history_says_so(admin_client, admin_user):
    tokens = [make_token(admin_user, "read")[0] for _ in range(3)]
    chosen = {"action": "revoke", "_selected_action": [token.pk for token in tokens[:2]]}
    assert b"Revoked: 2." in admin_client.post(ADMIN, chosen, follow=True).content
    assert [Token.objects.get(pk=token.pk).state for token in tokens] == ["revoked", "revoked", "valid"]
    assert b"was revoked" in admin_client.get(f"{ADMIN}{tokens[0].pk}/history/").content
