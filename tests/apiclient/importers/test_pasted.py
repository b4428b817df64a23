"""One field takes a URL or a curl command."""

import pytest

from apiclient.importers import Draft, read
from apiclient.importers.pasted import LONGEST


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("https://api.example.org/health", Draft("https://api.example.org/health")),
        ("  http://10.0.0.1:8080 \n", Draft("http://10.0.0.1:8080")),
        ("api.example.org/health?deep=1", Draft("https://api.example.org/health?deep=1")),
        ("localhost:8000", Draft("https://localhost:8000")),
        ("ftp://example.org", Draft("ftp://example.org")),
        ("curl https://a.example", Draft("https://a.example")),
        ("$ curl -I https://a.example", Draft("https://a.example", "HEAD")),
        ("curl.exe https://a.example", Draft("https://a.example")),
        ("curly.example", Draft("https://curly.example")),
    ],
)
def test_it_is_read(text, draft):
    assert read(text) == draft


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Paste a URL"),
        ("  \n", "Paste a URL"),
        ("two words", "neither one URL nor a command"),
        ("wget https://a.example", "neither one URL nor a command"),
        ("a" * (LONGEST + 1), f"At most {LONGEST}"),
        ("curl", "has no URL"),
    ],
)
def test_what_is_neither_is_said(text, says):
    with pytest.raises(ValueError) as refused:
        read(text)
    assert says in str(refused.value)
