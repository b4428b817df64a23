"""Digest is left to libcurl: the password is in no header."""

from apiclient import auth
from apiclient.http import Digest, Request


def test_libcurl_is_told():
    given = {"kind": "digest", "user": "me", "password": "{{ secret.p }}"}
    request = auth.apply(Request("GET", "http://a.example/"), given, {"secret.p": "hush"})
    assert (request.credential, request.headers) == (Digest("me", "hush"), ())
