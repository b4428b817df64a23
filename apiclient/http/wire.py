"""A request as libcurl wants it, worked out once however often it is sent. Pure."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from apiclient.http.validate import ascii_url, problem_with_method, problem_with_url

STANDARD_PORTS = {"http": 80, "https": 443}
WITHOUT_BODY = frozenset({"GET", "DELETE", "OPTIONS", "TRACE"})  # others announce a length of 0

NOT_OF_ITS_OWN = {"expect": b"Expect:", "content-type": b"Content-Type:"}
REFUSED_IN_HEADERS = re.compile(rb"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Wire:
    """``host`` is '' where the URL has none that could be looked up: libcurl then says why it cannot be called.

    ``is_address``: the host is written as an address, so that there is nothing to look up.
    """

    url: str
    host: str
    port: int
    is_address: bool
    is_tls: bool
    headers: list[bytes]
    method: str
    sends_body: bool


def wire(method: str, url: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Wire:
    """ValueError in a sentence when it cannot be sent at all."""
    if problem := problem_with_method(method):
        raise ValueError(problem)
    sent = ascii_url(url)
    host, port = ("", 0) if problem_with_url(url) else _host_and_port(sent)
    return Wire(
        url=sent,
        host=host,
        port=port,
        is_address=is_address(host),
        is_tls=sent[:6].lower() == "https:",
        headers=_header_lines(headers),
        method=method,
        sends_body=method != "HEAD" and bool(body or method not in WITHOUT_BODY),
    )


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or STANDARD_PORTS[parts.scheme]


def is_address(host: str) -> bool:
    """Whether the host is written as an address."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _header_lines(headers: tuple[tuple[str, str], ...]) -> list[bytes]:
    """Headers as libcurl wants them: ``Name;`` sends an empty one, ``Name:`` leaves its own out."""
    lines = [(f"{name}: {value}" if value else f"{name};").encode() for name, value in headers]
    if REFUSED_IN_HEADERS.search(b"".join(lines)):
        raise ValueError("a header contains a line break or NUL")
    given = {name.lower() for name, _ in headers}
    return lines + [line for name, line in NOT_OF_ITS_OWN.items() if name not in given]
