"""`manage.py create_token`."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apiclient.models import Token
from tests.builders import make_service

pytestmark = pytest.mark.django_db


def test_it_prints_the_token_alone(admin_user, capsys):
    call_command("create_token", "CI", "--scope", "read", "--scope", "push")
    printed = capsys.readouterr()
    token = Token.find(printed.out.strip())
    assert (token.name, token.owner, token.scopes, token.expires_at) == ("CI", admin_user, ["read", "push"], None)
    assert "admin" in printed.err and printed.out.strip() not in printed.err


def test_json_has_what_was_made(admin_user, django_user_model, capsys):
    service = make_service()
    eve = django_user_model.objects.create_superuser("eve")
    call_command(
        "create_token", "CI", scope=["write"], user="eve", expires="90d", service=[service.slug], json=True
    )  # fmt: skip
    made = json.loads(capsys.readouterr().out)
    token = Token.find(made["token"])
    assert (token.owner, made["owner"], made["services"]) == (eve, "eve", [service.slug])
    assert (token.expires_at - token.created_at).days in (89, 90) and made["expires_at"]


@pytest.mark.parametrize("when", ["2100-01-31T12:00Z", "2100-01-31", "12h", "4w"])
def test_an_end_as_people_write_it(admin_user, when):
    call_command("create_token", "CI", scope=["read"], expires=when)
    assert Token.objects.get().expires_at is not None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"user": "nobody"}, "no active login 'nobody'"),
        ({"user": "ann", "scope": ["push"]}, "push is not yours to give"),
        ({"user": "ann", "service": ["shop"]}, "no service 'shop' in reach"),
        ({"service": ["nowhere"]}, "Use one of: shop"),
        ({"expires": "soon"}, "is no moment"),
        ({"expires": "2020-01-01"}, "This moment is over"),
        ({"expires": "9999-12-31"}, "too far away"),
        ({"name": " "}, "1 to 120"),
        ({"name": "x" * 121}, "1 to 120"),
    ],
)
def test_what_cannot_be_ends_in_a_sentence_and_code_2(admin_user, django_user_model, more, said):
    django_user_model.objects.create_user("ann")
    make_service(name="Shop")
    options = {"name": "CI", "scope": ["read"]} | more
    with pytest.raises(CommandError, match=said) as caught:
        call_command("create_token", options.pop("name"), **options)
    assert caught.value.returncode == 2 and not Token.objects.exists()


def test_without_a_superuser_a_login_has_to_be_named():
    with pytest.raises(CommandError, match="name --user"):
        call_command("create_token", "CI", scope=["read"])
