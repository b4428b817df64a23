"""The proxy that requests of a service go through, read from its address. Pure."""

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
    def of(cls, text: str) -> Self:
        """ValueError in a sentence when this is no proxy that can be used."""
        if problem := problem_with_proxy(text):
            raise ValueError(problem)
        parts = urlsplit(text)
        return cls(
            parts.scheme,
            parts.hostname or "",
            parts.port or PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    @property
    def is_address(self) -> bool:
        """Whether there is nothing to look up."""
        return is_address(self.host)

    @property
    def url(self) -> str:
        """Without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def problem_with_proxy(text: str) -> str | None:
    """None when requests may go through it; where it stands is judged by the guard. Repeats no password."""
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
    place = parts.netloc.rpartition("@")[2]
    if "%" in place:
        return "The proxy's host contains %; it must be a name or an address without a zone."
    problem = problem_with_url(f"http://{place}/")
    if problem:
        return problem.replace("The URL", "The proxy", 1)
    return None if place.isascii() else "The proxy's host must be written in ASCII (punycode)."
