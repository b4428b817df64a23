"""Signatures are left to libcurl, which signs the session's token too."""

import pytest

from apiclient import auth
from apiclient.auth import problem_with_auth
from apiclient.http import Request, Signature

AWS = {
    "kind": "aws_sigv4",
    "access_key": "AK",
    "secret_key": "{{ secret.s }}",
    "region": "{{ region }}",
    "service": "s3",
    "session_token": "{{ secret.t }}",
}


def test_libcurl_is_told():
    request = auth.apply(Request("GET", "http://a.example/"), AWS, {"secret.s": "s", "secret.t": "t", "region": "r-1"})
    assert request.credential == Signature("AK", "s", "r-1", "s3")
    assert request.headers == (("X-Amz-Security-Token", "t"),)


def test_a_region_cannot_reach_into_the_signature():
    assert problem_with_auth(AWS | {"region": "a:b"}) == "region: use letters, digits, _ and -, such as eu-central-1."
    with pytest.raises(ValueError, match="region: use letters"):
        auth.apply(Request("GET", "http://a.example/"), AWS, {"secret.s": "s", "secret.t": "t", "region": "a:b"})
