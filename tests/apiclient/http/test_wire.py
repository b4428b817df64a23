"""A request is worked out for libcurl once; what cannot be sent says why."""

import pytest

from apiclient.http.wire import Wire, wire


def of(
    url: str = "http://h/", method: str = "GET", body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
) -> Wire:
    return wire(method, url, headers, body)


@pytest.mark.parametrize(
    ("url", "host", "port", "is_address"),
    [
        ("http://api.example/x?y", "api.example", 80, False),
        ("https://API.example", "api.example", 443, False),
        ("https://api.example:8443/", "api.example", 8443, False),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, False),
        ("http://localhost:1/", "localhost", 1, False),
        ("http://127.0.0.1/", "127.0.0.1", 80, True),
        ("http://[::1]:81/", "::1", 81, True),
        ("http://[fe80::1%25eth0]/", "fe80::1%25eth0", 80, True),
        *[(odd, "", 0, False) for odd in ("http://x y/", "http://2130706433/", "http://0x7f.1/", "ftp://api.example/")],
    ],
)
def test_what_must_be_looked_up(url: str, host: str, port: int, is_address: bool) -> None:
    found = of(url)
    assert (found.host, found.port, found.is_address) == (host, port, is_address)


@pytest.mark.parametrize(
    ("method", "body", "sends_body"),
    [("GET", b"", False), ("GET", b"x", True), ("HEAD", b"", False), ("HEAD", b"x", False), ("DELETE", b"", False)]
    + [(method, b"", True) for method in ("POST", "PUT", "PATCH")],
)
def test_which_methods_announce_a_body(method: str, body: bytes, sends_body: bool) -> None:
    assert of(method=method, body=body).sends_body is sends_body


def test_headers_replace_what_libcurl_would_add() -> None:
    assert of(headers=(("A", "b"), ("Empty", ""))).headers == [b"A: b", b"Empty;", b"Expect:", b"Content-Type:"]
    assert of(headers=(("content-TYPE", "text/plain"),)).headers == [b"content-TYPE: text/plain", b"Expect:"]


def test_tls_is_told_by_the_scheme() -> None:
    assert of("HTTPS://h/").is_tls and not of("http://h/").is_tls


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"method": "G ET"}, "method"),
        ({"method": "CONNECT"}, "CONNECT"),
        ({"headers": (("X", "a\r\nY: b"),)}, "line break"),
        ({"headers": (("X", "\ud800"),)}, "surrogate"),
        ({"url": "http://" + "ü" * 300 + ".example/"}, "too long"),
    ],
)
def test_what_cannot_be_sent_says_why(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        of(**fields)  # type: ignore[arg-type]
