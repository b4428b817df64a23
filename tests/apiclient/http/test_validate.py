"""What may be configured is accepted; everything else is named in a sentence that says what is allowed."""

import pytest

from apiclient.http.validate import (
    ascii_url,
    problem_with_body,
    problem_with_header,
    problem_with_method,
    problem_with_url,
)

GOOD_URLS = [
    "http://example.org",
    "https://example.org/a/b?c=d&e=%20f#part",
    "HTTPS://EXAMPLE.ORG:8443/",
    "http://127.0.0.1:8000/",
    "http://[::1]:8000/",
    "http://[fe80::1%25eth0]/",
    "http://db_primary.internal./x",
    "http://xn--bcher-kva.example/",
    "http://bücher.example/straße?q=ü",
    "http://例え.テスト/",
    "http://1password.com/",
    "http://a/{id}?x=[1]",
    "http://example.org:1/",
    "http://example.org:65535/",
    "http://example.org/mail@example.org",
]
BAD_URLS = [
    ("", "no scheme"),
    ("example.org", "no scheme"),
    ("//example.org/", "no scheme"),
    ("/path", "no scheme"),
    ("ftp://example.org/", "'ftp'"),
    ("file:///etc/passwd", "'file'"),
    *[(f"{scheme}://127.0.0.1:6379/x", scheme) for scheme in ("gopher", "dict", "ldap", "tftp", "ws", "unix", "jar")],
    ("data:text/plain,hello", "'data'"),
    ("javascript:alert(1)", "'javascript'"),
    ("http://", "no host"),
    ("http:///path", "no host"),
    ("http:/127.0.0.1", "no host"),
    ("http://:80/", "no host"),
    ("http://user@example.org/", "user name"),
    ("http://user:secret@example.org/", "user name"),
    ("http://good.example\\@127.0.0.1/", "backslash"),
    ("http://good.example@127.0.0.1/", "user name"),
    ("http://127.0.0.1%2f@good.example/", "user name"),
    ("http://exa mple.org/", "a space"),
    (" http://example.org/", "a space"),
    ("http://example.org/\r\nX: y", "a carriage return"),
    ("http://example.org/\n", "a line feed"),
    ("http://example.org/\t", "a tab"),
    ("http://example.org/\0", "NUL"),
    ("http://example.org/\x7f", "U+007F"),
    ("http://exam\u200bple.org/", "U+200B"),
    ("http://example.org/\u202egnp", "U+202E"),
    ("http://example.org/\ud800", "U+D800"),
    ("http://example.org:0/", "65535"),
    ("http://example.org:65536/", "65535"),
    ("http://example.org:port/", "65535"),
    ("http://example.org:/", "65535"),
    ("http://example.org:-1/", "65535"),
    ("http://[::1/", "cannot be read"),
    ("http://[::zz]/", "IPv6"),
    ("http://a..b/", "not a host name"),
    ("http://-a.example/", "not a host name"),
    ("http://ex%41mple.org/", "not a host name"),
    (f"http://{'a' * 64}.example/", "not a host name"),
    (f"http://{'a.' * 130}example/", "not a host name"),
    ("http://example.org/" + "a" * 2000, "2000"),
    *[
        (f"http://{host}/", "odd spelling")
        for host in (
            *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.1", "0x7f.1", "017700000001", "0"),
            *(
                "00000177.0.0.1",
                "127.000.000.001",
                "1.2.3.4.5",
                "256.1.1.1",
                "127.0.0.0x1",
                "①②⑦.1",
                "foo.127",
                "127.0.0.1.",
            ),
            *("①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "0x7F000001"),
        )
    ],
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_a_usable_url_is_accepted(url: str) -> None:
    assert problem_with_url(url) is None
    assert ascii_url(url).isascii()


@pytest.mark.parametrize(("url", "named"), BAD_URLS)
def test_an_unusable_url_is_refused_with_what_is_allowed(url: str, named: str) -> None:
    problem = problem_with_url(url)
    assert problem is not None and named in problem
    assert problem.startswith("The URL") and problem.endswith((".", ")."))


def test_a_password_in_a_url_is_not_repeated() -> None:
    assert "hunter2" not in str(problem_with_url("http://user:hunter2@example.org/"))


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://example.org/a?b", "http://example.org/a?b"),
        ("http://Bücher.example:81/ü?q=ü%20x", "http://xn--bcher-kva.example:81/%C3%BC?q=%C3%BC%20x"),
        ("http://example.org/ü#teil", "http://example.org/%C3%BC"),
    ],
)
def test_a_url_is_sent_in_ascii(url: str, sent: str) -> None:
    assert ascii_url(url) == sent


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "VERSION-CONTROL"]
)
def test_a_usual_method_is_accepted(method: str) -> None:
    assert problem_with_method(method) is None


@pytest.mark.parametrize("method", ["", "get", "G ET", "GET\r\n", "CONNECT", "GÉT", "G" * 21, "-GET"])
def test_another_method_is_refused(method: str) -> None:
    assert "method" in str(problem_with_method(method))


@pytest.mark.parametrize(
    ("name", "value"),
    [("Accept", "*/*"), ("X-Tab", "a\tb"), ("X-Empty", ""), ("x_y.z~1", "é"), ("Expect", "100-continue")],
)
def test_a_usual_header_is_accepted(name: str, value: str) -> None:
    assert problem_with_header(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("", "x", "letters"),
        ("X Y", "x", "letters"),
        ("X:", "x", "letters"),
        ("X\r\nY", "x", "letters"),
        ("Ü", "x", "letters"),
        ("X", "a\r\nb: c", "carriage return"),
        ("X", "a\nb", "line feed"),
        ("X", "a\0b", "NUL"),
        ("X", "a\x1bb", "U+001B"),
        ("X", "\ud800", "surrogate"),
        ("X", "a" * 9000, "8000"),
        ("Host", "inside", "own URL"),
        ("content-length", "5", "own URL"),
        ("Transfer-Encoding", "chunked", "own URL"),
    ],
)
def test_another_header_is_refused(name: str, value: str, named: str) -> None:
    assert named in str(problem_with_header(name, value))


def test_a_refused_header_value_is_not_repeated() -> None:
    assert "hunter2" not in str(problem_with_header("Authorization", "hunter2\r\n"))


def test_a_body_is_refused_where_none_belongs() -> None:
    assert "GET" in str(problem_with_body("GET", "x"))
    assert problem_with_body("GET", "") is None
    assert problem_with_body("POST", b"x") is None
