"""The API as its web server gives it: two processes that share a cache, asked over sockets."""

import gzip
import http.client
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.server import free_port
from tests.installation import Installation, wait_for
from tests.redis import redis_server

pytestmark = pytest.mark.flow
RATE = 30


class Site:
    """An installation with two web servers, as two machines would run it, and a token of the scope ``read``."""

    def __init__(self, installation: Installation, ports: list[int]) -> None:
        self.installation, self.ports = installation, ports
        self.token = self.create_token("Reader", "--scope", "read")

    def create_token(self, *words: str) -> str:
        return self.installation.manage("create_token", *words).stdout.strip()

    def ask(self, method: str, path: str, token: str | None = None, port: int = 0, **headers: str):
        """The answer and the bytes of its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[port], timeout=60)
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(
            method, path, headers=sent | {name.replace("_", "-"): text for name, text in headers.items()}
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body


@contextmanager
def opened(folder: Path, cache: Path) -> Iterator[Site]:
    with Installation(folder, f"sqlite:///{folder}/db.sqlite3", f"redis+socket://{cache}") as installation:
        installation.environment |= {
            "ANSWERBACK_API_RATE": str(RATE),
            "ANSWERBACK_CORS_ORIGINS": "https://status.example.org",
        }
        installation.manage("collectstatic", "--noinput", "-v0")
        installation.python("from apiclient.models import User; User.objects.create_superuser('admin', password='x')")
        ports = [free_port(), free_port()]
        for number, port in enumerate(ports):
            installation.start(f"web{number}", *web(port))
        site = Site(installation, ports)
        for number in range(len(ports)):
            wait_for(lambda: answers(site, number), 60, "a web server", installation.log)  # noqa: B023
        yield site


def web(port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket")


def answers(site: Site, number: int) -> bool:
    try:
        return site.ask("GET", "/livez", port=number)[0].status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with redis_server() as cache, opened(tmp_path_factory.mktemp("served"), cache) as site:
        yield site


def test_a_limit_holds_over_all_processes(site: Site) -> None:
    token = site.create_token("Greedy", "--scope", "read")
    given = [site.ask("GET", "/api/v1/services/", token, number % 2)[0] for number in range(3 * RATE)]
    allowed = [answer for answer in given if answer.status == 200]
    refused = [answer for answer in given if answer.status == 429]
    assert RATE <= len(allowed) <= 2 * RATE  # a minute may have ended meanwhile
    assert len(refused) == 2 * RATE + RATE - len(allowed)
    assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in refused)


def test_head_sends_no_body_and_options_tell_the_methods(site: Site) -> None:
    request = f"HEAD /api/v1/codes/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {site.token}\r\n"
    with socket.create_connection(("127.0.0.1", site.ports[0]), timeout=60) as connection:
        connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n") and received.endswith(b"\r\n\r\n")
    answer, body = site.ask("OPTIONS", "/api/v1/codes/", site.token)
    assert (answer.status, body, answer.headers["Allow"]) == (200, b"", "GET, HEAD, OPTIONS")


def test_answers_are_compressed_for_who_takes_that(site: Site) -> None:
    answer, body = site.ask("GET", "/api/v1/codes/", site.token, Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    plain, whole = site.ask("GET", "/api/v1/codes/", site.token)
    assert "Content-Encoding" not in plain.headers and len(body) < len(whole) / 3
    assert json.loads(gzip.decompress(body))["results"] == json.loads(whole)["results"]


def test_scripts_of_the_origins_that_are_named_may_ask_and_never_with_cookies(site: Site) -> None:
    asked = {"Access_Control_Request_Method": "GET", "Access_Control_Request_Headers": "authorization,if-match"}
    answer, _ = site.ask("OPTIONS", "/api/v1/codes/", Origin="https://status.example.org", **asked)
    assert answer.status == 200 and "authorization" in answer.headers["Access-Control-Allow-Headers"]
    answer, _ = site.ask("GET", "/api/v1/codes/", site.token, Origin="https://status.example.org")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://status.example.org"
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for path, origin in (("/api/v1/codes/", "https://other.example"), ("/livez", "https://status.example.org")):
        assert "Access-Control-Allow-Origin" not in site.ask("GET", path, site.token, Origin=origin)[0].headers


def test_without_the_setting_no_origin_is_named(client, db) -> None:
    answer = client.get("/api/v1/codes/", headers={"Origin": "https://status.example.org"})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_an_unknown_token_is_a_401(site: Site) -> None:
    answer, body = site.ask("GET", "/api/v1/codes/", f"ab_{'0' * 12}_{'0' * 64}")
    assert (answer.status, json.loads(body)["status"]) == (401, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_is_in_no_log(site: Site) -> None:
    _, body = site.ask("GET", f"/api/v1/{site.token}/", site.token)
    assert json.loads(body)["status"] == 404
    assert site.token.rpartition("_")[2] not in site.installation.log()


def test_the_command_refuses_in_one_line(site: Site) -> None:
    done = site.installation.manage("create_token", "x", "--scope", "admin", check=False)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "") and "argument --scope" in line
