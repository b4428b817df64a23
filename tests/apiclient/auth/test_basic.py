"""Basic, as servers read it."""

import base64

import pytest

from apiclient import auth
from apiclient.auth import problem_with_auth
from apiclient.http import Request
from apiclient.http.redact import MASK, redact_text

BASIC = {"kind": "basic", "user": "{{ user }}", "password": "{{ secret.p }}"}
ASKED = Request("GET", "https://a.example/x")


@pytest.mark.parametrize(("user", "password"), [("joe|acme", "pw: 1"), ("jörg|größe", "пароль"), ("", ""), ("a", "x")])
def test_user_and_password_in_utf8(user, password):
    request = auth.apply(ASKED, BASIC, {"user": user, "secret.p": password})
    (name, value), word = request.headers[0], f"{user}:{password}".encode()
    assert (name, value) == ("Authorization", f"Basic {base64.b64encode(word).decode()}")


def test_a_colon_would_be_taken_for_the_end_of_the_user():
    assert problem_with_auth(BASIC | {"user": "a:b"}).startswith("user: a colon")
    with pytest.raises(ValueError, match="user: a colon"):
        auth.apply(ASKED, BASIC, {"user": "a:b", "secret.p": "x"})


def test_what_is_sent_is_masked_where_it_comes_back():
    request = auth.apply(ASKED, BASIC, {"user": "me", "secret.p": "hush"})
    echoed = f"you sent {request.headers[0][1].removeprefix('Basic ')}"
    assert redact_text(echoed, request.secrets) == f"you sent {MASK}"
