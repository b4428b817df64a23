"""The address of a proxy: read whole, or refused in a sentence that repeats no password."""

import pytest

from apiclient.http.proxy import Proxy, parted, problem_with_proxy


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy.example:8080", Proxy("http", "proxy.example", 8080)),
        ("http://proxy.example/", Proxy("http", "proxy.example", 3128)),
        ("https://proxy.example", Proxy("https", "proxy.example", 443)),
        ("socks5://[2001:db8::1]", Proxy("socks5", "2001:db8::1", 1080)),
        ("http://me:s%3Acr%40t@192.0.2.1:1", Proxy("http", "192.0.2.1", 1, "me", "s:cr@t")),
    ],
)
def test_it_is_read(text: str, proxy: Proxy) -> None:
    assert problem_with_proxy(parted(text)[0]) is None
    assert Proxy.of(text) == proxy


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("proxy.example:3128", "must begin with http://, https:// or socks5://"),
        ("socks5h://proxy.example", "must begin with"),
        ("ftp://proxy.example", "must begin with"),
        ("http://", "has no host"),
        ("http://proxy.example:0", "port"),
        ("http://proxy.example:99999", "port"),
        ("http://proxy.example/path", "nothing may follow"),
        ("http://proxy.example?a", "nothing may follow"),
        ("http://proxy .example", "a space"),
        ("http://prüxy.example", "ASCII"),
        ("http://[fe80::1%25eth0]:3128", "without a zone"),
        ("http://[::1", "cannot be read"),
        ("http://127.1", "odd spelling"),
    ],
)
def test_what_is_none_is_refused(text: str, told: str) -> None:
    problem = problem_with_proxy(text)
    assert problem and problem.startswith("The proxy") and told in problem
    with pytest.raises(ValueError, match="The proxy"):
        Proxy.of(text)


@pytest.mark.parametrize("text", ["http://me:hush@", "ftp://me:hush@proxy.example", "http://me:hush@proxy.example/x"])
def test_no_password_is_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="The proxy") as raised:
        Proxy.of(text)
    assert "hush" not in str(raised.value)


def test_what_is_put_in_needs_no_encoding() -> None:
    values = {"{p}": "a@b:c/d#e%41", "{h}": "proxy.example"}
    proxy = Proxy.of("http://me:{p}@{h}:1", lambda text: values.get(text, text.replace("{h}", values["{h}"])))
    assert proxy == Proxy("http", "proxy.example", 1, "me", "a@b:c/d#e%41")


def test_nothing_that_shows_one_shows_the_password() -> None:
    proxy = Proxy.of("http://me:hush@[2001:db8::1]:1")
    assert proxy.url == "http://[2001:db8::1]:1"
    assert "hush" not in repr(proxy)
