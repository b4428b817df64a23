"""A bearer token, as it was pasted."""

import pytest

from apiclient import auth
from apiclient.http import Request

BEARER = {"kind": "bearer", "token": "{{ secret.t }}"}
ASKED = Request("GET", "https://a.example/x")


@pytest.mark.parametrize("token", ["abc.def", " abc.def\n"])
def test_the_token_without_what_was_pasted_around_it(token):
    request = auth.apply(ASKED, BEARER, {"secret.t": token})
    assert request.headers == (("Authorization", "Bearer abc.def"),)
    assert "abc.def" in request.secrets


def test_a_token_of_two_lines_cannot_be_sent():
    with pytest.raises(ValueError, match="Authorization contains a line feed"):
        auth.apply(ASKED, BEARER, {"secret.t": "abc\ndef"})
