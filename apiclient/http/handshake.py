"""A transfer in which libcurl does more than to ask: it proves who asks, or goes through a proxy."""

from typing import Any

import pycurl

from apiclient.catalogue.failure import Failure
from apiclient.http.credential import ClientCertificate, Credential, Digest
from apiclient.http.exchange import Exchange, Request
from apiclient.http.guard import Guard
from apiclient.http.head import clean
from apiclient.http.proxy import Proxy
from apiclient.http.transfer import Transfer, bracketed
from apiclient.http.wire import Wire


class Handshake(Transfer):
    """Used once and thrown away: libcurl would remember on the handle what was proved, for whoever came next."""

    __slots__ = ("_behind",)

    def __init__(self, guard: Guard, user_agent: str, behind: tuple[str, ...] = ()) -> None:
        """``behind`` are the target's addresses, judged already, where those given to ``load`` are the proxy's."""
        super().__init__(guard, user_agent)
        self._behind = behind

    def load(self, request: Request, timeout_ms: int, addresses: tuple[str, ...]) -> None:
        super().load(request, timeout_ms, addresses)
        if request.credential:
            _prove(self.curl, request.credential)

    def exchange(self, started: float, error: int = 0, text: str = "") -> Exchange:
        if error and self._is_of_proxy:
            self._forget_head()
        return super().exchange(started, error, text)

    def _aim(self, wire: Wire, addresses: tuple[str, ...]) -> None:
        proxy = self.request.proxy
        if proxy is None:
            super()._aim(wire, addresses)
            return
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._on_socket)
        known = [(proxy.host, proxy.port, addresses), (wire.host, wire.port, self._behind)]
        self.curl.setopt(pycurl.RESOLVE, [_known(*one) for one in known if one[2]])
        _go_through(self.curl, proxy)

    def _on_header(self, line: bytes) -> int | None:
        if self._head_done and line.startswith(
            b"HTTP/"
        ):  # after the proxy's word, or after the one that asks for proof
            self._forget_head()
        return super()._on_header(line)

    def _forget_head(self) -> None:
        self._lines, self._head_done = [], False
        self._header_bytes = self._header_count = 0

    @property
    def _is_of_proxy(self) -> bool:
        """Whether it was the proxy that said no."""
        return self.request.proxy is not None and self.curl.getinfo(pycurl.HTTP_CONNECTCODE) not in (0, 200)

    def _failure(self, error: int, text: str) -> tuple[Failure, str]:
        failure, sentence = super()._failure(error, text)
        unfit = error == pycurl.E_SSL_CERTPROBLEM or "(memory blob)" in text  # libcurl has no number for each of them
        if unfit and isinstance(self.request.credential, ClientCertificate):
            return Failure.AUTH, f"The client certificate or its key cannot be used: {clean(text)}"
        if failure is Failure.BLOCKED or self.request.proxy is None:
            return failure, sentence
        if self._is_of_proxy:
            code = self.curl.getinfo(pycurl.HTTP_CONNECTCODE)
            return Failure.PROXY, f"The proxy answered {code} instead of opening a way to the server"
        return (Failure.PROXY, clean(text)) if error == pycurl.E_COULDNT_CONNECT else (failure, sentence)


def refusal_behind(guard: Guard, addresses: tuple[str, ...]) -> str | None:
    """Why a proxy may not be asked for this target: it may choose any of the addresses, so each must be allowed."""
    if not addresses:
        return "Through a proxy a host without a zone is called only."
    return next((refusal for address in addresses if (refusal := guard.refusal(address))), None)


def _known(host: str, port: int, addresses: tuple[str, ...]) -> str:
    return f"+{host}:{port}:{','.join(map(bracketed, addresses))}"


def _go_through(curl: Any, proxy: Proxy) -> None:
    curl.setopt(pycurl.PROXY, proxy.url)
    curl.setopt(pycurl.NOPROXY, "")
    if proxy.user or proxy.password:
        curl.setopt(pycurl.PROXYUSERNAME, proxy.user.encode())
        curl.setopt(pycurl.PROXYPASSWORD, proxy.password.encode())


def _prove(curl: Any, credential: Credential) -> None:
    """pycurl.error when libcurl cannot read it."""
    if isinstance(credential, ClientCertificate):
        for option, blob in ((pycurl.SSLCERT_BLOB, credential.certificate), (pycurl.SSLKEY_BLOB, credential.key)):
            curl.setopt(option, blob)
        curl.setopt(pycurl.KEYPASSWD, credential.key_password.encode())
        return
    if isinstance(credential, Digest):
        curl.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_DIGEST)
        name, password = credential.user, credential.password
    else:
        curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{credential.region}:{credential.service}")
        name, password = credential.access_key, credential.secret_key
    curl.setopt(pycurl.USERNAME, name.encode())
    curl.setopt(pycurl.PASSWORD, password.encode())
