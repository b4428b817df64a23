"""nginx, which nobody here wrote: its own refusals, TLS, HTTP/2, and what it makes of upstreams that fail."""

import grp
import os
import pwd
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from apiclient.catalogue import Failure
from apiclient.http import Engine, Exchange, Limits, Request
from tests.certificate import self_signed
from tests.target import Target
from tests.wild import running

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (neither on the PATH nor in /usr/sbin)")

EXPIRES = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
PATIENT = Limits(timeout_ms=20_000, connect_timeout_ms=20_000)
CONFIG = """
daemon off;
user {user} {group};
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    limit_req_zone $binary_remote_addr zone=slow:64k rate=1r/m;

    server {{
        listen 127.0.0.1:{plain};
        root {folder}/files;
        client_max_body_size 10;
        large_client_header_buffers 2 1k;

        location = /who {{ default_type text/plain; return 200 "$connection_requests $connection $request_method"; }}
        location = /who-once {{ keepalive_timeout 0; return 200 "$connection_requests $connection"; }}
        {returns}
        location = /silent {{ return 444; }}
        location = /forbidden {{ deny all; }}
        location = /private {{ auth_basic "the cellar"; auth_basic_user_file {folder}/nobody; }}
        location = /limited {{ limit_req zone=slow; limit_req_status 429; try_files /file.txt =404; }}
        location = /packed.txt {{ gzip on; gzip_min_length 1; gzip_types text/plain; alias {folder}/files/file.txt; }}
        location = /loop {{ rewrite ^ /loop last; }}
        location = /slow {{ proxy_pass http://127.0.0.1:{deaf}; proxy_read_timeout 300ms; }}
        location = /dead {{ proxy_pass http://127.0.0.1:{dead}; }}
        location /behind/ {{
            proxy_pass http://127.0.0.1:{target}/;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
        }}
        location /unframed/ {{
            chunked_transfer_encoding off;
            proxy_http_version 1.1;
            proxy_pass http://127.0.0.1:{target}/;
        }}
    }}

    server {{
        listen 127.0.0.1:{secure} ssl http2;
        ssl_certificate {pem};
        ssl_certificate_key {pem};
        ssl_protocols TLSv1.2 TLSv1.3;
        keepalive_requests 1;
        location / {{ return 200 "$server_protocol $ssl_protocol"; }}
        location = /teapot {{ return 418 short; }}
        location = /silent {{ return 444; }}
        location /behind/ {{ proxy_pass http://127.0.0.1:{target}/; }}
    }}
}}
"""
RETURNED = [200, 201, 202, 204, 206, 400, 402, 404, 409, 410, 418, 422, 429, 451, 499, 500, 503, 507, 599]


class Site(NamedTuple):
    plain: str
    secure: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "files" / "folder").mkdir(parents=True)
    (folder / "files" / "file.txt").write_text("hello " * 100)
    with ExitStack() as stack:
        plain, secure, deaf = (stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3))
        dead = stack.enter_context(socket.socket())
        dead.bind(("127.0.0.1", 0))
        target = stack.enter_context(Target())
        config = folder / "nginx.conf"
        ports = {
            name: opened.getsockname()[1]
            for name, opened in {"plain": plain, "secure": secure, "deaf": deaf, "dead": dead}.items()
        }
        returns = "\n".join(f"location = /returned/{code} {{ return {code} 'words of {code}'; }}" for code in RETURNED)
        who = {"user": pwd.getpwuid(os.geteuid()).pw_name, "group": grp.getgrgid(os.getegid()).gr_name}
        pem = self_signed(folder, "localhost", EXPIRES)
        config.write_text(CONFIG.format(folder=folder, pem=pem, target=target.port, returns=returns, **ports, **who))
        command = [str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
        for opened in (plain, secure):
            opened.setblocking(False)  # as nginx opens its own
        inherited = [plain.fileno(), secure.fileno()]
        with running(command, inherited, {"NGINX": "".join(f"{number};" for number in inherited)}):
            yield Site(f"http://127.0.0.1:{ports['plain']}", f"https://127.0.0.1:{ports['secure']}")


@pytest.fixture
def ask(engine: Engine, site: Site) -> Any:
    """``ask(path, method="GET", secure=False, **fields of the request)`` gives the exchange."""

    def send(path: str, method: str = "GET", secure: bool = False, **fields: Any) -> Exchange:
        return engine.send(
            Request(method, (site.secure if secure else site.plain) + path, **{"limits": PATIENT} | fields)
        )

    return send


class TestCodes:
    @pytest.mark.parametrize("code", RETURNED)
    def test_returned(self, ask: Any, code: int) -> None:
        exchange = ask(f"/returned/{code}")
        assert (exchange.status_code, exchange.failure, exchange.http_version) == (code, None, "1.1")
        assert exchange.body == (b"" if code == 204 else f"words of {code}".encode())

    @pytest.mark.parametrize(
        ("path", "method", "fields", "code"),
        [
            ("/nowhere", "GET", {}, 404),
            ("/folder", "GET", {}, 301),
            ("/folder/", "GET", {}, 403),
            ("/forbidden", "GET", {}, 403),
            ("/private", "GET", {}, 401),
            ("/file.txt", "POST", {}, 405),
            ("/file.txt", "GET", {"headers": (("Range", "bytes=0-4"),)}, 206),
            ("/file.txt", "GET", {"headers": (("Range", "bytes=90000-"),)}, 416),
            ("/file.txt", "GET", {"headers": (("If-Match", '"other"'),)}, 412),
            ("/behind/echo", "POST", {"body": b"x" * 11}, 413),
            ("/behind/echo", "POST", {"body": b"x" * 10}, 200),
            ("/" + "x" * 1500, "GET", {}, 414),
            ("/", "GET", {"headers": (("X-Big", "x" * 1500),)}, 400),
            ("/%00", "GET", {}, 400),
            ("/loop", "GET", {}, 500),
            ("/dead", "GET", {}, 502),
            ("/slow", "GET", {}, 504),
            ("/behind/close", "GET", {}, 502),
            ("/behind/nul-header", "GET", {}, 502),
            ("/behind/status/505", "GET", {}, 505),
        ],
    )
    def test_of_its_own(self, ask: Any, path: str, method: str, fields: dict[str, Any], code: int) -> None:
        exchange = ask(path, method, **fields)
        assert (exchange.status_code, exchange.failure) == (code, None)

    def test_an_unchanged_file_is_304(self, ask: Any) -> None:
        etag = ask("/file.txt").header("ETag")
        exchange = ask("/file.txt", headers=(("If-None-Match", etag),))
        assert (exchange.status_code, exchange.body) == (304, b"")

    def test_its_refusals_say_why(self, ask: Any) -> None:
        assert ask("/private").header("WWW-Authenticate") == 'Basic realm="the cellar"'
        assert b"<title>413 Request Entity Too Large</title>" in ask("/behind/echo", "POST", body=b"x" * 11).body

    def test_too_many_requests(self, ask: Any) -> None:
        assert [ask("/limited").status_code for _ in range(3)] == [200, 429, 429]

    def test_http_to_the_https_port(self, ask: Any, engine: Engine, site: Site) -> None:
        exchange = engine.send(Request("GET", site.secure.replace("https:", "http:"), limits=PATIENT))
        assert exchange.status_code == 400 and b"plain HTTP request was sent to HTTPS port" in exchange.body

    def test_https_to_the_http_port(self, engine: Engine, site: Site) -> None:
        exchange = engine.send(Request("GET", site.plain.replace("http:", "https:"), limits=PATIENT))
        assert exchange.failure is Failure.TLS and exchange.certificate is None

    def test_100_before_the_final_code(self, ask: Any) -> None:
        exchange = ask("/behind/echo", "POST", body=b"x", headers=(("Expect", "100-continue"),))
        assert (exchange.interim, exchange.status_code) == ((100,), 200)

    def test_101_by_an_upgrade_through_it(self, ask: Any) -> None:
        exchange = ask("/behind/upgrade", headers=(("Connection", "Upgrade"), ("Upgrade", "echo")))
        assert (exchange.status_code, exchange.header("Upgrade")) == (101, "echo")


class TestConnections:
    @pytest.mark.parametrize("secure", [False, True])
    def test_closed_without_an_answer(self, ask: Any, secure: bool) -> None:
        exchange = ask("/silent", secure=secure, verify_tls=False)
        assert exchange.failure in {Failure.RESET, Failure.PROTOCOL} and exchange.error
        assert secure or exchange.failure is Failure.RESET

    def test_cut_in_the_middle_of_the_body(self, ask: Any) -> None:
        assert ask("/behind/short-body").failure is Failure.RESET

    @pytest.mark.parametrize(("path", "header"), [("/who", "keep-alive"), ("/who-once", "close")])
    def test_every_call_has_a_new_one(self, ask: Any, path: str, header: str) -> None:
        exchanges = [ask(path) for _ in range(3)]
        assert {exchange.body.split()[0] for exchange in exchanges} == {b"1"}
        assert len({exchange.body.split()[1] for exchange in exchanges}) == 3
        assert {exchange.header("Connection") for exchange in exchanges} == {header}

    def test_a_body_that_only_its_close_ends(self, ask: Any) -> None:
        exchange = ask("/unframed/trailers")
        assert (exchange.status_code, exchange.body, exchange.header("Connection")) == (200, b"ok", "close")
        assert exchange.header("Content-Length") == exchange.header("Transfer-Encoding") == ""

    def test_head(self, ask: Any) -> None:
        exchange = ask("/file.txt", "HEAD")
        assert (exchange.status_code, exchange.body) == (200, b"")

    def test_gzip(self, ask: Any) -> None:
        exchange = ask("/packed.txt")
        assert exchange.header("Content-Encoding") == "gzip" and exchange.body == b"hello " * 100


class TestTls:
    def test_a_self_signed_certificate_is_a_failure_that_shows_it(self, ask: Any) -> None:
        exchange = ask("/", secure=True)
        assert exchange.failure is Failure.TLS and "certificate" in exchange.error
        assert exchange.certificate.subject == exchange.certificate.issuer == "CN = localhost"
        assert exchange.certificate.expires_at == EXPIRES and exchange.phases.tls > 0

    def test_unverified_it_answers_by_http_2(self, ask: Any) -> None:
        exchange = ask("/", secure=True, verify_tls=False)
        assert (exchange.status_code, exchange.http_version, exchange.body) == (200, "2", b"HTTP/2.0 TLSv1.3")
        assert exchange.phases.tls > 0 and exchange.certificate.expires_at == EXPIRES and exchange.reason == ""

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
    def test_http_2_carries_every_method(self, ask: Any, method: str) -> None:
        body = b"" if method in ("GET", "HEAD") else "Grüße".encode()
        exchange = ask("/behind/echo", method, secure=True, verify_tls=False, body=body)
        assert (exchange.status_code, exchange.http_version) == (200, "2")
        assert exchange.body.endswith(body) and (method == "HEAD" or exchange.body.startswith(method.encode()))

    def test_a_code_by_http_2_has_no_reason(self, ask: Any) -> None:
        exchange = ask("/teapot", secure=True, verify_tls=False)
        assert (exchange.status_code, exchange.reason, exchange.body) == (418, "", b"short")

    def test_cut_in_the_middle_of_the_body(self, ask: Any) -> None:
        exchange = ask("/behind/short-body", secure=True, verify_tls=False)
        assert exchange.failure in {Failure.RESET, Failure.PROTOCOL}
