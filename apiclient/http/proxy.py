"""The proxy that requests of a service go through, read from its address. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from apiclient.http.validate import problem_with_url
from apiclient.http.wire import is_address

PORTS = {"http": 3128, "https": 443, "socks5": 1080}
EXAMPLE = "http://proxy.example:3128"


@dataclass(frozen=True, slots=True)
class Proxy:
    """``host`` is a name or an address without brackets."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str, fill: Callable[[str], str] = str) -> Self:
        """``fill`` is asked for each part, so that what it puts in needs no encoding.

        ValueError in a sentence when this is no proxy that can be used.
        """
        address, user, password = parted(text)
        address = fill(address)
        if problem := problem_with_proxy(address):
            raise ValueError(problem)
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname or "", port, fill(user), fill(password))

    @property
    def is_address(self) -> bool:
        """Whether there is nothing to look up."""
        return is_address(self.host)

    @property
    def url(self) -> str:
        """Without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parted(text: str) -> tuple[str, str, str]:
    """The address of a proxy, its user and its password."""
    scheme, mark, rest = text.partition("://")
    named, _, place = rest.rpartition("@")
    user, _, password = named.partition(":")
    return scheme + mark + place, unquote(user), unquote(password)


def problem_with_proxy(text: str) -> str | None:
    """None when requests may go through the proxy of this address, without user and password.

    Where it stands is judged by the guard.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return f"The proxy cannot be read; it must look like {EXAMPLE}."
    if parts.scheme not in PORTS:
        return f"The proxy must begin with http://, https:// or socks5://, such as {EXAMPLE}."
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return f"The proxy ends with its port: nothing may follow it. It must look like {EXAMPLE}."
    return _problem_with_place(parts)


def _problem_with_place(parts: SplitResult) -> str | None:
    place = parts.netloc
    if "@" in place:
        return "The proxy's user and password must stand before its host, joined by a colon and followed by one @."
    if "%" in place:
        return "The proxy's host contains %; it must be a name or an address without a zone."
    problem = problem_with_url(f"http://{place}/")
    if problem:
        return problem.replace("The URL", "The proxy", 1)
    return None if place.isascii() else "The proxy's host must be written in ASCII (punycode)."
