"""Tokens: what is kept of them, and which ones sign in."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apiclient.models import Scope, Token, TokenError, UnknownTokenError, User
from tests.builders import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return User.objects.create_user("ann")


def test_the_text_can_be_recognised_and_only_a_hash_of_its_secret_is_kept(ann):
    token, text = make_token(ann, "read")
    match = re.fullmatch(r"ab_([0-9a-f]{12})_([0-9a-f]{64})", text)
    assert match and token.shown == f"ab_{match[1]}_"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Token._meta.db_table}")
        assert match[2] not in repr(cursor.fetchall())
    assert Token.find(text) == token and Token.find(text).owner == ann


def test_no_two_are_alike(ann):
    texts = {make_token(ann, "read")[1] for _ in range(20)}
    assert len({text.split("_")[1] for text in texts}) == len({text.split("_")[2] for text in texts}) == 20


def test_a_wrong_secret_and_an_unknown_public_part_are_told_alike(ann):
    _, text = make_token(ann, "read")
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")
    unknown = f"ab_{'0' * 12}_{text.split('_')[2]}"
    said = []
    for guess in (wrong, unknown, text.upper(), text + "0", text[:-1], "", "ab__", "\u0660", f"{text}\n"):
        with pytest.raises(UnknownTokenError) as caught:
            Token.find(guess)
        said.append(str(caught.value))
    assert len(set(said)) == 1


@pytest.mark.parametrize(
    ("state", "word"), [("revoked", "revoked"), ("expired", "expired"), ("inactive", "not active")]
)
def test_what_has_ended_says_so_to_who_has_the_secret_alone(ann, state, word):
    token, text = make_token(ann, "read", expires_at=timezone.now() + timedelta(days=1))
    assert token.state == "valid"
    if state == "revoked":
        token.revoke()
    elif state == "expired":
        Token.objects.update(expires_at=timezone.now())
    else:
        User.objects.update(is_active=False)
    with pytest.raises(TokenError, match=word) as caught:
        Token.find(text)
    assert not isinstance(caught.value, UnknownTokenError)
    with pytest.raises(UnknownTokenError):
        Token.find(text[:-4] + "beef" if not text.endswith("beef") else text[:-4] + "cafe")
    assert Token.objects.get().state == state


def test_writing_includes_reading_and_nothing_else_includes_anything(ann):
    allowed = {
        given: [scope.value for scope in Scope if Token(scopes=[given]).allows(scope)]
        for given in ("read", "push", "write")
    }
    assert allowed == {"read": ["read"], "push": ["push"], "write": ["read", "write"]}


def test_its_use_is_written_once_a_minute_at_most(ann, django_assert_num_queries):
    token, text = make_token(ann, "read")
    token.note_use()
    first = Token.objects.get().last_used_at
    assert first is not None
    token.note_use()  # read before: another process has noted it meanwhile
    token = Token.find(text)
    with django_assert_num_queries(0):
        token.note_use()
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(seconds=61))
    Token.find(text).note_use()
    assert Token.objects.get().last_used_at >= first


def test_revoking_again_changes_nothing(ann):
    token, _ = make_token(ann, "read")
    token.revoke()
    first = token.revoked_at
    token.revoke()
    assert Token.objects.get().revoked_at == first
