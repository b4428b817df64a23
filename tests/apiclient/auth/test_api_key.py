"""A key in a header or in the address."""

import pytest

from apiclient import auth
from apiclient.auth import problem_with_auth
from apiclient.http import Request

VALUES = {"secret.k": "a&b=ü/ 1"}


def key(place, name="key"):
    return {"kind": "api_key", "in": place, "name": name, "value": "{{ secret.k }}"}


def test_in_a_header():
    request = auth.apply(Request("GET", "http://a.example/"), key("header", "X-Key"), {"secret.k": "k 1\n"})
    assert request.headers == (("X-Key", "k 1"),)


@pytest.mark.parametrize(
    ("url", "then"),
    [
        ("http://a.example/", "http://a.example/?key="),
        ("http://a.example", "http://a.example?key="),
        ("http://a.example/?a=b", "http://a.example/?a=b&key="),
        ("http://a.example/?", "http://a.example/?key="),
    ],
)
def test_in_the_address(url, then):
    assert auth.apply(Request("GET", url), key("query"), VALUES).url == f"{then}a%26b%3D%C3%BC%2F%201"


def test_an_address_that_gets_too_long_is_refused_without_the_key():
    with pytest.raises(ValueError, match="value: with it the URL is longer") as raised:
        auth.apply(Request("GET", "http://a.example/"), key("query"), {"secret.k": "hush" * 600})
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("name", ["X Key", "Host", "Content-Length", "a:b"])
def test_a_header_of_that_name_must_be_possible(name):
    assert problem_with_auth(key("header", name)).startswith("name: The header")
