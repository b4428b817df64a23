"""A request that is not yet a call: its origin becomes the service's base URL, the rest the call's path."""

import pytest

from apiclient.importers import Draft


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://api.example.org/v1/health", "https://api.example.org", "/v1/health"),
        ("http://10.0.0.1:8080", "http://10.0.0.1:8080", ""),
        ("https://a.example?x=1", "https://a.example", "/?x=1"),
        ("https://a.example/?x=1#part", "https://a.example", "/?x=1"),
        ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443", "/a"),
    ],
)
def test_origin_and_path(url, origin, path):
    assert (Draft(url).origin, Draft(url).path) == (origin, path)


@pytest.mark.parametrize("url", ["https://", "https:///path", "mailto:a@b", "https://[broken"])
def test_without_a_host_there_is_no_origin(url):
    with pytest.raises(ValueError):
        _ = Draft(url).origin
