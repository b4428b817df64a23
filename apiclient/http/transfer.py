"""One easy handle of libcurl and what it hears: options in, an Exchange of one hop out."""

import errno
import os
import re
import socket
import ssl
from datetime import UTC, datetime
from typing import Any

import pycurl

from apiclient.catalogue.failure import Failure, failure_for
from apiclient.http.exchange import Certificate, Exchange, Phases, Request
from apiclient.http.guard import Guard
from apiclient.http.head import NO_STATUS, clean, read_headers, read_status
from apiclient.http.resolver import name_and_port
from apiclient.http.validate import ascii_url, problem_with_method

STOP = -1  # what a callback answers to end its transfer
DNS_CACHE_SECONDS = 10  # what the resolver found is handed to libcurl with every hop; older entries are let go
SWITCHING_PROTOCOLS = 101
WITHOUT_BODY = frozenset({"GET", "DELETE", "OPTIONS", "TRACE"})  # others announce a length of 0

NOT_OF_ITS_OWN = {"expect": b"Expect:", "content-type": b"Content-Type:"}
REFUSED_IN_HEADERS = re.compile(rb"[\r\n\0]")

CONNECT_ERRNO = {
    errno.ENETUNREACH: Failure.UNREACHABLE,
    errno.EHOSTUNREACH: Failure.UNREACHABLE,
    errno.ENETDOWN: Failure.UNREACHABLE,
    errno.EADDRNOTAVAIL: Failure.UNREACHABLE,
    errno.EAFNOSUPPORT: Failure.UNREACHABLE,
    errno.EACCES: Failure.UNREACHABLE,
    errno.EPERM: Failure.UNREACHABLE,
    errno.ETIMEDOUT: Failure.CONNECT_TIMEOUT,
}


class Descriptor:
    """A new socket as libcurl's wrapper wants it: it copies the descriptor, and drops this one at once.

    A socket object would do, but to drop one unclosed costs Python 10 microseconds for a warning.
    """

    __slots__ = ("_number",)

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        self._number = socket.socket(family, kind, protocol).detach()

    def fileno(self) -> int:
        return self._number

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            os.close(self._number)


class Transfer:
    """An easy handle and the state of the hop it is on; ``load`` begins a hop, ``exchange`` tells how it ended.

    Handles are used again without a reset: options that never change are set once, all others on every load.
    """

    __slots__ = (
        "_body_bytes",
        "_chunks",
        "_fault",
        "_guard",
        "_head_done",
        "_header_bytes",
        "_header_count",
        "_interim",
        "_lines",
        "_opened",
        "_refusal",
        "_status",
        "_too_large",
        "curl",
        "flight",
        "request",
    )

    def __init__(self, guard: Guard, user_agent: str) -> None:
        self._guard = guard
        self.curl = pycurl.Curl()
        self.flight: Any = None
        for option, value in (
            (pycurl.NOSIGNAL, 1),
            (pycurl.PROXY, ""),  # also keeps proxies of the environment out
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.FRESH_CONNECT, 1),
            (pycurl.FORBID_REUSE, 1),
            (pycurl.SSL_SESSIONID_CACHE, 0),  # a resumed session shows no certificate
            (pycurl.DNS_CACHE_TIMEOUT, DNS_CACHE_SECONDS),
            (pycurl.ACCEPT_ENCODING, ""),
            (pycurl.USERAGENT, user_agent),
            (pycurl.OPT_CERTINFO, 1),
            (pycurl.OPENSOCKETFUNCTION, self._on_socket),
            (pycurl.HEADERFUNCTION, self._on_header),
            (pycurl.WRITEFUNCTION, self._on_body),
        ):
            self.curl.setopt(option, value)

    def load(self, request: Request, timeout_ms: int, addresses: tuple[str, ...]) -> None:
        """Make the handle ready for one hop; ``addresses`` are those of its host if that is a name.

        pycurl.error, ValueError or TypeError when an option is refused.
        """
        self._forget()
        self.request = request
        setopt = self.curl.setopt
        setopt(pycurl.URL, ascii_url(request.url))
        if addresses:
            setopt(pycurl.RESOLVE, [_resolve_line(request.url, addresses)])
        setopt(pycurl.TIMEOUT_MS, timeout_ms)
        setopt(pycurl.CONNECTTIMEOUT_MS, min(request.limits.connect_timeout_ms, timeout_ms))
        setopt(pycurl.SSL_VERIFYPEER, int(request.verify_tls))
        setopt(pycurl.SSL_VERIFYHOST, 2 if request.verify_tls else 0)
        setopt(pycurl.HTTPHEADER, _header_lines(request))
        if request.method == "HEAD":
            setopt(pycurl.NOBODY, 1)
        elif request.body or request.method not in WITHOUT_BODY:
            setopt(pycurl.NOBODY, 0)
            setopt(pycurl.POSTFIELDS, request.body)
        else:
            setopt(pycurl.HTTPGET, 1)
        if problem := problem_with_method(request.method):
            raise ValueError(problem)
        setopt(pycurl.CUSTOMREQUEST, request.method)

    def unload(self) -> None:
        """Let go of what the last hop held, so that an idle handle keeps no body in memory."""
        if self.request.body:
            self.curl.setopt(pycurl.POSTFIELDS, b"")
        self.flight = None
        self._forget()

    def exchange(self, started: float, error: int = 0, text: str = "") -> Exchange:
        """How the hop ended, after libcurl reported this error number and sentence (0 when all went well)."""
        getinfo = self.curl.getinfo
        version, reason, code = self._status
        status: int | None = None
        failure: Failure | None = None
        if code == SWITCHING_PROTOCOLS and self._head_done and not self._too_large:
            status, text = code, ""
        elif error:
            failure, text = self._failure(error, text)
        elif code == getinfo(pycurl.RESPONSE_CODE):
            status = code
        else:  # libcurl reads 200 out of "2000" and "200.5"
            failure, text = Failure.PROTOCOL, "The status line has no code of three digits"
        return Exchange(
            status_code=status,
            failure=failure,
            phases=self._phases(),
            reason=reason,
            http_version=version,
            remote_address=getinfo(pycurl.PRIMARY_IP) or "",
            remote_port=max(0, getinfo(pycurl.PRIMARY_PORT)),
            headers=read_headers(self._lines),
            body=b"".join(self._chunks)[: self.request.limits.body_kept],
            body_bytes=self._body_bytes,
            interim=tuple(self._interim),
            certificate=self._certificate(),
            url=self.request.url,
            error=text,
            started=started,
        )

    def _forget(self) -> None:
        self._lines: list[bytes] = []
        self._interim: list[int] = []
        self._chunks: list[bytes] = []
        self._body_bytes = self._header_bytes = self._header_count = 0
        self._head_done = self._opened = False
        self._status = NO_STATUS
        self._too_large = self._refusal = self._fault = ""

    def _on_socket(self, _purpose: int, address: Any) -> Any:
        """libcurl is about to connect: the one door to the network, so the guard stands here."""
        family, kind, protocol, peer = address
        if refusal := self._guard.refusal(peer[0]):
            self._refusal = refusal
            return pycurl.SOCKET_BAD
        try:
            opened = Descriptor(family, kind, protocol)
        except OSError as error:
            self._fault = f"No socket could be opened: {error}"
            return pycurl.SOCKET_BAD
        self._opened = True
        return opened

    def _on_header(self, line: bytes) -> int | None:
        limits = self.request.limits
        self._header_bytes += len(line)
        self._header_count += 1
        if self._header_bytes > limits.header_bytes:
            return self._stop(f"The headers are larger than {limits.header_bytes} bytes")
        if len(line) <= 2 and not line.strip():
            return None if self._head_done else self._end_of_head()
        if self._header_count > limits.header_count + 1:  # the status line is no header
            return self._stop(f"The answer has more than {limits.header_count} headers")
        if not self._head_done:  # what comes after the body are trailers: counted, not kept
            self._lines.append(line)
        return None

    def _end_of_head(self) -> int | None:
        self._status = read_status(self._lines.pop(0) if self._lines else b"")
        code = self._status[2]
        if 100 <= code < 200 and code != SWITCHING_PROTOCOLS:
            self._interim.append(code)
            self._lines = []
            return None
        self._head_done = True
        return STOP if code == SWITCHING_PROTOCOLS else None

    def _on_body(self, chunk: bytes) -> int | None:
        limits = self.request.limits
        if self._body_bytes < limits.body_kept:
            self._chunks.append(chunk)
        self._body_bytes += len(chunk)
        if self._body_bytes > limits.body_read:
            return self._stop(f"The body is larger than {limits.body_read} bytes")
        return None

    def _stop(self, why: str) -> int:
        self._too_large = why
        return STOP

    def _failure(self, error: int, text: str) -> tuple[Failure, str]:
        if self._too_large:
            return Failure.TOO_LARGE, self._too_large
        if self._refusal and not self._opened:
            return Failure.BLOCKED, self._refusal
        if self._fault and not self._opened:
            return Failure.INTERNAL, self._fault
        if error == pycurl.E_OPERATION_TIMEDOUT:
            return self._timeout(), clean(text)
        if error == pycurl.E_COULDNT_CONNECT:
            return CONNECT_ERRNO.get(self.curl.getinfo(pycurl.OS_ERRNO), Failure.CONNECT_REFUSED), clean(text)
        failure = failure_for(error)
        return failure, clean(text) or failure.curl_errors.get(error, "")

    def _timeout(self) -> Failure:
        if not self.curl.getinfo(pycurl.NAMELOOKUP_TIME_T):
            return Failure.DNS
        return Failure.TIMEOUT if self.curl.getinfo(pycurl.CONNECT_TIME_T) else Failure.CONNECT_TIMEOUT

    def _phases(self) -> Phases:
        """Where the time went; the phase that a failed hop ended in lasted to its end."""
        getinfo = self.curl.getinfo
        total = getinfo(pycurl.TOTAL_TIME_T)
        named = getinfo(pycurl.NAMELOOKUP_TIME_T) or total
        connected = max(named, getinfo(pycurl.CONNECT_TIME_T) or total)
        secured = max(connected, (getinfo(pycurl.APPCONNECT_TIME_T) or total) if self._is_tls() else 0)
        sent = max(secured, getinfo(pycurl.POSTTRANSFER_TIME_T) or total)
        first = max(sent, getinfo(pycurl.STARTTRANSFER_TIME_T) or total)
        total = max(first, total)
        return Phases(named, connected - named, secured - connected, first - sent, total - first, total)

    def _is_tls(self) -> bool:
        return self.request.url[:6].lower() == "https:"

    def _certificate(self) -> Certificate | None:
        if not self._is_tls():
            return None
        chain = self.curl.getinfo_raw(pycurl.INFO_CERTINFO)
        if not chain:
            return None
        fields = {name.decode("latin-1"): clean(value.decode("utf-8", "replace")) for name, value in chain[0]}
        return Certificate(
            fields.get("Subject", ""),
            fields.get("Issuer", ""),
            _moment(fields.get("Expire date", "")),
        )


def _resolve_line(url: str, addresses: tuple[str, ...]) -> str:
    """What the host of the URL resolves to, as libcurl wants it: the plus lets it forget."""
    host, port = name_and_port(url) or ("", 0)
    listed = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
    return f"+{host}:{port}:{listed}"


def _header_lines(request: Request) -> list[bytes]:
    """Headers as libcurl wants them: ``Name;`` sends an empty one, ``Name:`` leaves its own out."""
    lines = [(f"{name}: {value}" if value else f"{name};").encode() for name, value in request.headers]
    if REFUSED_IN_HEADERS.search(b"".join(lines)):
        raise ValueError("a header contains a line break or NUL")
    given = {name.lower() for name, _ in request.headers}
    return lines + [line for name, line in NOT_OF_ITS_OWN.items() if name not in given]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
    except (ValueError, OverflowError):
        return None
