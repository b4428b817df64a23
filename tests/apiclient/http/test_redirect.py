"""Redirects follow RFC 9110, and no secret travels to another origin."""

from dataclasses import replace

import pytest

from apiclient.catalogue.failure import Failure
from apiclient.http.credential import Digest
from apiclient.http.exchange import Limits, Request
from apiclient.http.proxy import Proxy
from apiclient.http.redirect import DeadEnd, follow

SECRETS = (("Authorization", "Bearer x"), ("Cookie", "a=b"), ("X-Anything", "unlisted"))
PROXY = Proxy("http", "proxy.example", 3128)
HARMLESS = (("Accept", "*/*"), ("User-Agent", "me"))


def asked(method: str = "GET", url: str = "https://a.example/x/y?z", body: bytes = b"") -> Request:
    headers = SECRETS + HARMLESS + (("Content-Type", "text/plain"),)
    limits = Limits(redirects=3)
    return Request(method, url, headers, body, limits=limits, credential=Digest("me", "hush"), proxy=PROXY)


def went(request: Request, code: int, location: str) -> Request:
    target = follow(request, code, (("location", location),))
    assert isinstance(target, Request)
    return target


@pytest.mark.parametrize(
    ("code", "method", "then"),
    [
        *[(code, "GET", "GET") for code in (301, 302, 303, 307, 308)],
        *[(code, "HEAD", "HEAD") for code in (301, 302, 303, 307, 308)],
        *[(code, "POST", "GET") for code in (301, 302, 303)],
        *[(code, "POST", "POST") for code in (307, 308)],
        *[(code, "PUT", "PUT") for code in (301, 302, 307, 308)],
        *[(303, method, "GET") for method in ("PUT", "DELETE", "PATCH")],
    ],
)
def test_the_method_after_a_redirect(code: int, method: str, then: str) -> None:
    target = went(asked(method, body=b"body"), code, "/next")
    assert target.method == then
    kept = then == method and code != 303
    assert target.body == (b"body" if kept else b"")
    assert ("Content-Type" in dict(target.headers)) == kept


@pytest.mark.parametrize("code", [200, 201, 300, 304, 305, 306, 399, 404])
def test_other_codes_are_answers(code: int) -> None:
    assert follow(asked(), code, (("Location", "/next"),)) is None


def test_a_redirect_that_points_nowhere_is_an_answer() -> None:
    assert follow(asked(), 302, ()) is None
    assert follow(asked(), 302, (("Location", ""),)) is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/next", "https://a.example/next"),
        ("next", "https://a.example/x/next"),
        ("../next", "https://a.example/next"),
        ("?q", "https://a.example/x/y?q"),
        ("//b.example/n", "https://b.example/n"),
        ("HTTP://b.example", "HTTP://b.example"),
        ("https://b.example/n#part", "https://b.example/n"),
        ("/with space", "https://a.example/with%20space"),
    ],
)
def test_a_location_is_resolved(location: str, url: str) -> None:
    assert went(asked(), 302, location).url == url


@pytest.mark.parametrize(
    "location",
    ["https://b.example/", "http://a.example/", "https://a.example:8443/", "//sub.a.example/", "https://a.example.b/"],
)
def test_another_origin_gets_only_harmless_headers(location: str) -> None:
    then = went(asked("POST", body=b"x"), 307, location)
    assert (then.credential, then.proxy) == (None, PROXY)
    assert set(then.headers) == {*HARMLESS, ("Content-Type", "text/plain")}


@pytest.mark.parametrize("location", ["/next", "https://a.example:443/", "HTTPS://A.EXAMPLE/"])
def test_the_same_origin_keeps_its_headers(location: str) -> None:
    then = went(asked(), 302, location)
    assert set(SECRETS) <= set(then.headers) and then.credential == Digest("me", "hush")


@pytest.mark.parametrize(
    "location",
    [
        *[
            "ftp://b.example/",
            "file:///etc/passwd",
            "gopher://b.example:25/",
            "dict://b.example/",
            "javascript:alert(1)",
        ],
        *[
            "http://user:pass@b.example/",
            "http://",
            "http://[::1",
            "http://b.example:99999/",
            "http://b\\c/",
            "http://127.1/",
        ],
    ],
)
def test_a_redirect_to_something_else_is_a_dead_end(location: str) -> None:
    target = follow(asked(), 302, (("Location", location),))
    assert isinstance(target, DeadEnd) and target.failure is Failure.BAD_URL and "Redirected to" in target.reason


def test_there_is_a_limit() -> None:
    assert isinstance(follow(asked(), 302, (("Location", "/"),), hops=2), Request)
    target = follow(asked(), 302, (("Location", "/"),), hops=3)
    assert isinstance(target, DeadEnd) and target.failure is Failure.TOO_MANY_REDIRECTS


def test_a_body_with_secrets_is_sent_to_no_other_server():
    here, there = (("Location", "/b"),), (("Location", "http://b.example/?k=planted"),)
    request = Request("POST", "http://a.example/a", (), b"key=planted&x", secrets=frozenset({"planted"}))
    assert follow(request, 307, here).body == request.body
    end = follow(request, 307, there)
    assert end.failure is Failure.BLOCKED
    assert "another server" in end.reason and "planted" not in end.reason
    assert follow(request, 303, there).body == b""
    assert follow(replace(request, secrets=frozenset()), 307, there).body == request.body
