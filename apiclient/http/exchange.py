"""What is sent, and what happened on the wire. In memory only; a failure is an Exchange too."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from apiclient.catalogue.failure import Failure
from apiclient.catalogue.missed import MissedBecause
from apiclient.http.certificate import Certificate
from apiclient.http.credential import Credential
from apiclient.http.head import Headers, read_headers
from apiclient.http.proxy import Proxy
from apiclient.http.shared import Shared
from apiclient.http.wire import Wire, wire


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost. Times in milliseconds, sizes in bytes after decompression."""

    timeout_ms: int = 10_000
    connect_timeout_ms: int = 5_000
    body_read: int = 1 << 20
    body_kept: int = 64 << 10
    header_bytes: int = 64 << 10
    header_count: int = 100
    redirects: int = 5


@dataclass(frozen=True)
class Request:
    """One request, ready to send: text already encoded, secrets already filled in.

    ``secrets`` are the texts that must be masked wherever they come back, besides what looks like a secret by itself.
    ``credential`` is what libcurl proves by itself, to the request's own origin only; ``proxy`` is the way there.
    Of all that have the same ``shared`` at a time one is sent, and its answer is everybody's.
    ``clean_up`` ones of a slot are sent also when the slot's time is over.
    """

    method: str
    url: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    follow_redirects: bool = False
    verify_tls: bool = True
    limits: Limits = field(default_factory=Limits)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    credential: Credential | None = field(default=None, repr=False)
    proxy: Proxy | None = None
    shared: Shared | None = field(default=None, repr=False)
    clean_up: bool = False

    @cached_property
    def wire(self) -> Wire:
        """What libcurl is told; ValueError in a sentence when this cannot be sent."""
        return wire(self.method, self.url, self.headers, self.body)


class Phases(NamedTuple):
    """Where the time went, in microseconds, added up over all hops.

    ``wait`` is from the request being sent to the first byte of the answer. A failed exchange's last phase
    lasts to its end.
    """

    dns: int = 0
    connect: int = 0
    tls: int = 0
    wait: int = 0
    transfer: int = 0
    total: int = 0


NO_TIME = Phases()


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: the address that answered, its code, where it pointed."""

    url: str
    status_code: int
    location: str


@dataclass  # not frozen, though nobody changes one: making it would take three times as long
class Exchange:
    """How one request ended: ``status_code`` when an answer came back whole, else ``failure``.

    ``head`` holds the header lines as they came, since most answers are stored without them.
    ``body`` is decompressed and cut at ``Limits.body_kept``; ``body_bytes`` is the whole length read.
    ``interim`` lists 1xx codes that came before the final one; ``reason`` is shown, never judged.
    ``url`` is the last address asked, secrets and all: redact it before it is kept.
    ``error`` is libcurl's or our own sentence about a failure, with no secrets in it.
    ``missed_because`` is given with the failure MISSED: nothing was sent.
    ``started`` is time.monotonic() when the first hop began, to measure how late that was.
    """

    status_code: int | None = None
    failure: Failure | None = None
    phases: Phases = NO_TIME
    reason: str = ""
    http_version: str = ""
    remote_address: str = ""
    remote_port: int = 0
    head: tuple[bytes, ...] = ()
    body: bytes = b""
    body_bytes: int = 0
    interim: tuple[int, ...] = ()
    redirects: tuple[Hop, ...] = ()
    certificate: Certificate | None = None
    url: str = ""
    error: str = ""
    started: float = 0.0
    missed_because: MissedBecause | None = None

    def __post_init__(self) -> None:
        if (self.status_code is None) == (self.failure is None):
            raise ValueError("an exchange has either a status code or a failure")

    @cached_property
    def headers(self) -> Headers:
        """Names and values as text that is safe to keep."""
        return read_headers(self.head)

    def header(self, name: str) -> str:
        """The first header of that name, '' when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")
