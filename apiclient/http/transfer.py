"""One easy handle of libcurl and what it hears: options in, an Exchange of one hop out."""

import errno
import os
import socket
from typing import Any

import pycurl

from apiclient.catalogue.failure import Failure, failure_for
from apiclient.http.certificate import Certificate
from apiclient.http.exchange import Exchange, Phases, Request
from apiclient.http.guard import Guard
from apiclient.http.head import NO_STATUS, clean, read_status
from apiclient.http.wire import Wire

STOP = -1  # what a callback answers to end its transfer
DNS_CACHE_SECONDS = 10  # what the resolver found is handed to libcurl with every hop; older entries are let go
SWITCHING_PROTOCOLS = 101
LONGEST_STATUS = 512  # of a status line, so that what is remembered of them stays small

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

    Handles are used again without a reset, and told only what differs from the hop before.
    """

    __slots__ = (
        "_body_bytes",
        "_chunks",
        "_fault",
        "_guard",
        "_head_done",
        "_header_bytes",
        "_header_count",
        "_headers",
        "_interim",
        "_lines",
        "_opened",
        "_pinned",
        "_refusal",
        "_shape",
        "_status",
        "_timeouts",
        "_too_large",
        "curl",
        "flight",
        "request",
    )

    def __init__(self, guard: Guard, user_agent: str) -> None:
        self._guard = guard
        self._shape: tuple[str, bool, bool] | None = None
        self._timeouts: tuple[int, int] | None = None
        self._headers: list[bytes] | None = None
        self._pinned: str | None = ""
        self.curl = pycurl.Curl()
        self.flight: Any = None
        self._forget()
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
            (pycurl.HEADERFUNCTION, self._on_header),
            (pycurl.WRITEFUNCTION, self._on_body),
        ):
            self.curl.setopt(option, value)

    def load(self, request: Request, timeout_ms: int, addresses: tuple[str, ...]) -> None:
        """Make the handle ready for one hop; ``addresses`` are those of its host, none where it cannot have any.

        pycurl.error, ValueError or TypeError when an option is refused.
        """
        self.request = request
        wire, setopt = request.wire, self.curl.setopt
        setopt(pycurl.URL, wire.url)
        self._aim(wire, addresses)
        timeouts = (timeout_ms, min(request.limits.connect_timeout_ms, timeout_ms))
        if timeouts != self._timeouts:
            setopt(pycurl.TIMEOUT_MS, timeouts[0])
            setopt(pycurl.CONNECTTIMEOUT_MS, timeouts[1])
            self._timeouts = timeouts
        if wire.headers != self._headers:
            setopt(pycurl.HTTPHEADER, wire.headers)
            self._headers = wire.headers
        shape = (wire.method, wire.sends_body, request.verify_tls)
        if wire.sends_body or shape != self._shape:
            self._form(shape, request.body)

    def _aim(self, wire: Wire, addresses: tuple[str, ...]) -> None:
        """Bind the hop to addresses that may be called. A single one, judged here, is pinned: libcurl cannot connect
        elsewhere. Of several libcurl tries one after the other, and each new socket asks the guard.
        """
        curl = self.curl
        if len(addresses) == 1 and not self._guard.refusal(addresses[0]):
            if addresses[0] != self._pinned:
                curl.setopt(pycurl.CONNECT_TO, [f"::{bracketed(addresses[0])}:"])
                curl.unsetopt(pycurl.OPENSOCKETFUNCTION)
                self._pinned = addresses[0]
            return
        if self._pinned is not None:
            curl.unsetopt(pycurl.CONNECT_TO)
            curl.setopt(pycurl.OPENSOCKETFUNCTION, self._on_socket)
            self._pinned = None
        if addresses and not wire.is_address:  # the plus lets libcurl forget them
            listed = ",".join(map(bracketed, addresses))
            curl.setopt(pycurl.RESOLVE, [f"+{wire.host}:{wire.port}:{listed}"])

    def _form(self, shape: tuple[str, bool, bool], body: bytes) -> None:
        setopt = self.curl.setopt
        method, sends_body, verify_tls = self._shape = shape
        setopt(pycurl.SSL_VERIFYPEER, int(verify_tls))
        setopt(pycurl.SSL_VERIFYHOST, 2 if verify_tls else 0)
        if sends_body:
            setopt(pycurl.NOBODY, 0)
            setopt(pycurl.POSTFIELDS, body)
        elif method == "HEAD":
            setopt(pycurl.NOBODY, 1)
        else:
            setopt(pycurl.HTTPGET, 1)
        setopt(pycurl.CUSTOMREQUEST, method)

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
            head=tuple(self._lines),
            body=b"".join(self._chunks)[: self.request.limits.body_kept],
            body_bytes=self._body_bytes,
            interim=tuple(self._interim),
            certificate=Certificate.of(self.curl.getinfo_raw(pycurl.INFO_CERTINFO))
            if self.request.wire.is_tls
            else None,
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
        """libcurl is about to connect to one of several addresses."""
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
        if self._header_bytes > limits.header_bytes:
            return self._stop(f"The headers are larger than {limits.header_bytes} bytes")
        self._header_count += 1
        if len(line) <= 2 and not line.strip():
            return None if self._head_done else self._end_of_head()
        if self._header_count > limits.header_count + 1:  # the status line is no header
            return self._stop(f"The answer has more than {limits.header_count} headers")
        if not self._head_done:  # what comes after the body are trailers: counted, not kept
            self._lines.append(line)
        return None

    def _end_of_head(self) -> int | None:
        self._status = read_status(self._lines.pop(0)[:LONGEST_STATUS] if self._lines else b"")
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
        secured = max(connected, getinfo(pycurl.APPCONNECT_TIME_T) or total) if self.request.wire.is_tls else connected
        sent = max(secured, getinfo(pycurl.POSTTRANSFER_TIME_T) or total)
        first = max(sent, getinfo(pycurl.STARTTRANSFER_TIME_T) or total)
        total = max(first, total)
        return Phases(named, connected - named, secured - connected, first - sent, total - first, total)


def bracketed(address: str) -> str:
    """As it stands in a URL."""
    return f"[{address}]" if ":" in address else address
