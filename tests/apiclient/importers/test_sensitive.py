"""What is secret by its name is never kept as text."""

import pytest

from apiclient.importers.sensitive import Secrets, is_sensitive


@pytest.mark.parametrize(
    "name",
    [
        "password", "j_password", "userPassword", "passwd", "X-API-Key", "api_key", "apikey", "ApiKey", "access_token",
        "X-Auth-Token", "client_secret", "clientSecret", "Authorization", "sig", "JSESSIONID", "token", "key",
        "Ocp-Apim-Subscription-Key", "aws_secret_access_key", "csrf", "password_confirmation",
    ],
)  # fmt: skip
def test_names_that_tell(name):
    assert is_sensitive(name)


@pytest.mark.parametrize(
    "name",
    ["user", "max_tokens", "token_type", "secret_scanning", "monkey", "keyboard", "author", "page", "assignee",
     "tokenUrl", "Accept", "design", "x" * 500],
)  # fmt: skip
def test_names_that_do_not(name):
    assert not is_sensitive(name)


def test_bodies_are_concealed_at_any_depth():
    secrets = Secrets()
    body = {"user": "ann", "login": [{"password": "x", "token": "", "key": "size"}]}
    assert secrets.conceal(body, "here") == {
        "user": "ann",
        "login": [{"password": "{{ secret.password }}", "token": "", "key": "size"}],
    }
    secrets.placeholder("password", "there")
    assert secrets.notes() == [
        "Make the secret 'password': here (and 1 more) needs it; until then such calls are paused."
    ]


def test_different_values_are_different_secrets_and_go_no_further():
    secrets = Secrets()
    names = [secrets.placeholder("token", "here", value) for value in ("planted-1", "planted-2", "planted-1", "")]
    assert names == ["{{ secret.token }}", "{{ secret.token_2 }}", "{{ secret.token }}", "{{ secret.token }}"]
    assert "planted" not in repr(secrets) + str(secrets.notes())
