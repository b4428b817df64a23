"""What libcurl proves by itself, against servers that verify it by their own arithmetic; and ways through proxies."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization

from apiclient.catalogue.failure import Failure
from apiclient.http import ClientCertificate, Digest, Engine, Guard, Limits, Proxy, Request, Signature
from tests.certificate import self_signed
from tests.proving import ACCESS_KEY, PASSWORD, REGION, SERVICE, USER, Proving
from tests.proxy import http_proxy, socks_proxy
from tests.target import Target

LIMITS = Limits(timeout_ms=5_000)
DIGEST = Digest(USER, PASSWORD)
SIGNATURE = Signature(ACCESS_KEY, PASSWORD, REGION, SERVICE)


@pytest.fixture(scope="module")
def server() -> Iterator[Proving]:
    with Proving() as server:
        yield server


@pytest.fixture(scope="module")
def strict() -> Iterator[Engine]:
    engine = Engine(Guard(["127.0.0.1"]))
    engine.start()
    yield engine
    engine.stop()


def get(url: str, **options: object) -> Request:
    return Request("GET", url, limits=LIMITS, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"x=1"), ("DELETE", b"")])
def test_digest_is_proved(engine: Engine, server: Proving, algorithm: str, method: str, body: bytes) -> None:
    asked = Request(method, f"{server.url}/digest/{algorithm}?deep=1", body=body, limits=LIMITS, credential=DIGEST)
    exchange = engine.send(asked)
    assert (exchange.status_code, exchange.body) == (200, b"proved")
    assert exchange.header("WWW-Authenticate") == ""
    assert server.requests[-1].body == body
    assert exchange.phases.total > 0


def test_a_wrong_digest_is_a_401(engine: Engine, server: Proving) -> None:
    exchange = engine.send(get(f"{server.url}/digest/MD5", credential=Digest(USER, "wrong")))
    assert (exchange.status_code, exchange.body) == (401, b"prove it")


def test_nothing_that_was_proved_is_left_on_a_handle(engine: Engine, server: Proving) -> None:
    for credential in (DIGEST, SIGNATURE):
        engine.send(get(f"{server.url}/digest/MD5", credential=credential))
        assert engine.send(get(f"{server.url}/digest/MD5")).status_code == 401
        assert "authorization" not in server.requests[-1].headers


@pytest.mark.parametrize("path", ["/signed", "/signed/a%20b/ü?b=2&a=1%2F2&a=0&c"])
@pytest.mark.parametrize(
    ("method", "body"), [("GET", b""), ("POST", b'{"a": "\xc3\xbc"}'), ("PUT", b""), ("DELETE", b"")]
)
def test_a_request_is_signed(engine: Engine, server: Proving, path: str, method: str, body: bytes) -> None:
    headers = (("X-Amz-Security-Token", "session-token"), ("Content-Type", "application/json"))
    exchange = engine.send(Request(method, server.url + path, headers, body, limits=LIMITS, credential=SIGNATURE))
    assert (exchange.status_code, exchange.body) == (200, b"signed")
    assert "x-amz-security-token" in server.requests[-1].headers["authorization"]


def test_a_request_signed_with_another_key_is_refused(engine: Engine, server: Proving) -> None:
    exchange = engine.send(get(f"{server.url}/signed", credential=replace(SIGNATURE, secret_key="other")))
    assert (exchange.status_code, exchange.body) == (403, b"the signature does not fit")


@pytest.mark.parametrize(("path", "credential"), [("/digest/MD5", DIGEST), ("/signed", SIGNATURE)])
def test_nothing_is_proved_to_another_origin(engine: Engine, server: Proving, path: str, credential: object) -> None:
    with Proving() as other:
        away = f"{server.url}/redirect-to?url={quote(other.url + path)}"
        exchange = engine.send(get(away, credential=credential, follow_redirects=True))
        assert exchange.status_code in (401, 403)
        assert all("authorization" not in asked.headers for asked in other.requests)


@pytest.mark.parametrize(("path", "credential"), [("/digest/MD5", DIGEST), ("/signed", SIGNATURE)])
def test_the_same_origin_is_proved_again(engine: Engine, server: Proving, path: str, credential: object) -> None:
    away = f"{server.url}/redirect-to?url={quote(path)}"
    exchange = engine.send(get(away, credential=credential, follow_redirects=True))
    assert exchange.status_code == 200


class TestClientCertificates:
    @pytest.fixture
    def pem(self, tmp_path: Path) -> bytes:
        return self_signed(tmp_path, "client.example", datetime.now(UTC) + timedelta(days=2)).read_bytes()

    @pytest.fixture
    def closed(self, tmp_path: Path, pem: bytes) -> Iterator[Target]:
        """A server that lets in this client only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path, "localhost", datetime.now(UTC) + timedelta(days=2)))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(tmp_path / "client.example.pem")
        with Target(tls=context) as target:
            yield target

    def test_the_certificate_is_shown(self, engine: Engine, closed: Target, pem: bytes) -> None:
        shown = get(f"{closed.url}/status/200", verify_tls=False, credential=ClientCertificate(pem, pem))
        assert engine.send(shown).status_code == 200
        bare = engine.send(replace(shown, credential=None))
        assert bare.failure in (Failure.TLS, Failure.RESET)

    def test_the_key_may_have_a_password(self, engine: Engine, closed: Target, pem: bytes) -> None:
        key: object = serialization.load_pem_private_key(pem, None)
        locked = key.private_bytes(  # type: ignore[attr-defined]
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"open"),
        )
        shown = get(f"{closed.url}/status/200", verify_tls=False, credential=ClientCertificate(pem, locked, "open"))
        assert engine.send(shown).status_code == 200
        wrong = engine.send(replace(shown, credential=ClientCertificate(pem, locked, "shut")))
        assert wrong.failure is Failure.AUTH

    def test_what_is_no_certificate_is_a_failure_of_auth(self, engine: Engine, closed: Target) -> None:
        exchange = engine.send(get(f"{closed.url}/", verify_tls=False, credential=ClientCertificate(b"no", b"no")))
        assert exchange.failure is Failure.AUTH


class TestProxies:
    def test_plain_http_goes_through(self, engine: Engine, server: Proving) -> None:
        with http_proxy() as proxied:
            exchange = engine.send(get(f"{server.url}/status/404", proxy=Proxy("http", "127.0.0.1", proxied.port)))
        assert exchange.status_code == 404
        assert proxied.asked == [f"GET {server.url}/status/404"]
        assert exchange.remote_port == proxied.port

    def test_https_goes_through_a_tunnel(self, engine: Engine, tmp_path: Path) -> None:
        with Target(tls=_tls(tmp_path)) as target, http_proxy() as proxied:
            url = f"{target.url}/status/404".replace("127.0.0.1", "localhost")
            asked = get(url, verify_tls=False, proxy=Proxy("http", "localhost", proxied.port))
            exchange = engine.send(asked)
        assert (exchange.status_code, exchange.header("X-Proxy"), exchange.reason) == (404, "", "Reason")
        assert proxied.asked == [f"CONNECT localhost:{target.port}"]
        assert exchange.certificate is not None and "localhost" in exchange.certificate.subject
        assert exchange.phases.tls > 0

    def test_user_and_password_are_the_proxys_alone(self, engine: Engine, server: Proving) -> None:
        with http_proxy(let_in="me:s:cret") as proxied:
            proxy = Proxy("http", "127.0.0.1", proxied.port, "me", "s:cret")
            assert engine.send(get(f"{server.url}/status/200", proxy=proxy)).status_code == 200
            wrong = engine.send(get(f"{server.url}/status/200", proxy=replace(proxy, password="no")))
            assert wrong.status_code == 407

    def test_socks_is_told_the_address_that_was_judged(self, engine: Engine, server: Proving) -> None:
        url = f"{server.url}/status/200".replace("127.0.0.1", "localhost")
        with socks_proxy(let_in="me:secret") as proxied:
            asked = get(url, proxy=Proxy("socks5", "localhost", proxied.port, "me", "secret"))
            assert engine.send(asked).status_code == 200
        assert proxied.asked == [f"127.0.0.1:{server.port}"]

    def test_a_proxy_that_says_no_is_a_failure_of_the_proxy(self, engine: Engine, tmp_path: Path) -> None:
        with Target(tls=_tls(tmp_path)) as target, http_proxy(refuses=True) as proxied:
            exchange = engine.send(get(f"{target.url}/", proxy=Proxy("http", "127.0.0.1", proxied.port)))
        assert (exchange.status_code, exchange.failure) == (None, Failure.PROXY)
        assert exchange.error == "The proxy answered 403 instead of opening a way to the server"
        assert exchange.headers == ()

    @pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
    def test_a_proxy_that_is_not_there_is_a_failure_of_the_proxy(self, engine: Engine, scheme: str) -> None:
        exchange = engine.send(get("http://127.0.0.1/", proxy=Proxy(scheme, "127.0.0.1", 9)))
        assert exchange.failure is Failure.PROXY

    def test_a_proxy_behind_tls_must_be_one_that_is_trusted(
        self, engine: Engine, server: Proving, tmp_path: Path
    ) -> None:
        with http_proxy(tls=_tls(tmp_path)) as proxied:
            asked = get(f"{server.url}/status/200", verify_tls=False, proxy=Proxy("https", "localhost", proxied.port))
            exchange = engine.send(asked)
        assert (exchange.failure, proxied.asked) == (Failure.TLS, [])

    def test_a_redirect_goes_through_it_too(self, engine: Engine, server: Proving) -> None:
        with http_proxy() as proxied:
            proxy = Proxy("http", "127.0.0.1", proxied.port)
            exchange = engine.send(get(f"{server.url}/redirect/2", proxy=proxy, follow_redirects=True))
        assert (exchange.status_code, len(proxied.asked)) == (200, 3)

    def test_digest_works_behind_it(self, engine: Engine, server: Proving) -> None:
        with http_proxy() as proxied:
            proxy = Proxy("http", "127.0.0.1", proxied.port)
            assert engine.send(get(f"{server.url}/digest/MD5", proxy=proxy, credential=DIGEST)).body == b"proved"


class TestTheGuard:
    """The proxy and what is behind it are judged each for itself."""

    @pytest.mark.parametrize("make", [http_proxy, socks_proxy])
    @pytest.mark.parametrize("url", ["http://127.0.0.2/", "https://10.0.0.1/", "http://169.254.169.254/latest"])
    def test_a_denied_target_is_not_asked_through_a_proxy(self, strict: Engine, make: object, url: str) -> None:
        with make() as proxied:  # type: ignore[operator]
            scheme = "socks5" if make is socks_proxy else "http"
            exchange = strict.send(get(url, proxy=Proxy(scheme, "127.0.0.1", proxied.port)))
        assert (exchange.failure, proxied.asked) == (Failure.BLOCKED, [])

    @pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
    @pytest.mark.parametrize("host", ["127.0.0.2", "169.254.169.254", "::1", "ip6-localhost"])
    def test_a_denied_proxy_is_not_asked(self, strict: Engine, server: Proving, scheme: str, host: str) -> None:
        exchange = strict.send(get(f"{server.url}/status/200", proxy=Proxy(scheme, host, 9)))
        assert exchange.failure in ((Failure.BLOCKED, Failure.DNS) if host == "ip6-localhost" else (Failure.BLOCKED,))

    def test_a_target_that_only_the_proxy_could_resolve_is_not_asked(self, strict: Engine) -> None:
        with http_proxy() as proxied:
            exchange = strict.send(get("http://nowhere.invalid/", proxy=Proxy("http", "127.0.0.1", proxied.port)))
        assert (exchange.failure, proxied.asked) == (Failure.DNS, [])

    def test_a_zone_cannot_be_judged(self, strict: Engine) -> None:
        with http_proxy() as proxied:
            exchange = strict.send(get("http://[fe80::1%25lo]/", proxy=Proxy("http", "127.0.0.1", proxied.port)))
        assert (exchange.failure, proxied.asked) == (Failure.BLOCKED, [])

    def test_a_redirect_to_a_denied_address_is_not_followed(self, strict: Engine, server: Proving) -> None:
        url = f"{server.url}/redirect-to?url=http://127.0.0.2/"
        with http_proxy() as proxied:
            proxy = Proxy("http", "127.0.0.1", proxied.port)
            exchange = strict.send(get(url, proxy=proxy, follow_redirects=True))
        assert (exchange.failure, len(proxied.asked)) == (Failure.BLOCKED, 1)


def _tls(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(folder, "localhost", datetime.now(UTC) + timedelta(days=2)))
    return context
