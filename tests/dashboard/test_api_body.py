"""Bodies on a real server: chunked ones, those that end early, those that are too large; and answers that break off."""

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.server import answers, free_port
from tests.installation import Installation, postgresql_database, wait_for

pytestmark = pytest.mark.flow
DATABASE = os.environ.get("DATABASE_URL", "")
PATH = "/api/v1/outcomes/"
CHUNKED = {"Transfer-Encoding": "chunked"}
PREPARE = """
from django.test import Client
from apiclient.models import User
from tests.builders import make_call, make_service
from dashboard.bench.session import begin
call = make_call(make_service(name="Shop"), name="Pay", interval_seconds=None)
print(begin(), call.pk)
"""
BREAK = """
from dashboard.wsgi import application
from dashboard.api import outcomes_file
real = outcomes_file._outcomes
def broken(*arguments):
    for number, found in enumerate(real(*arguments)):
        if number == 3000:
            raise RuntimeError("the database went away")
        yield found
outcomes_file._outcomes = broken
"""


class Server:
    def __init__(self, installation: Installation, port: int) -> None:
        self.installation, self.port, self.begun = installation, port, datetime.now(UTC)
        session, call = installation.python(PREPARE).split()
        self.call, self.headers = (
            int(call),
            {
                "Cookie": f"sessionid={session}; csrftoken={'a' * 32}",
                "X-CSRFToken": "a" * 32,
                "Content-Type": "application/x-ndjson",
            },
        )

    def line(self, number: int = 0) -> bytes:
        started_at = self.begun - timedelta(seconds=60, milliseconds=number)
        told = {"started_at": started_at.isoformat(), "status_code": 200, "timings_ms": {"total": 5}}
        return json.dumps(told | {"call": self.call}).encode() + b"\n"

    def ask(self, method: str, path: str = PATH, body: object = None, **headers: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            chunked = body is not None and not isinstance(body, bytes)
            connection.request(method, path, body, self.headers | headers, encode_chunked=chunked)  # type: ignore[arg-type]
            answer = connection.getresponse()
            return answer.status, answer.read()

    def raw(self, data: bytes) -> bytes:
        """What comes back for these bytes, after which nothing more is sent."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=30)) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def head(self, *more: str) -> bytes:
        lines = [
            f"POST {PATH} HTTP/1.1",
            "Host: localhost",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join([*lines, *more, "", ""]).encode()

    def stored(self) -> int:
        return self.installation.count("TRUE")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("server")
    with ExitStack() as stack:
        postgresql = DATABASE.startswith("postgres")
        database = (
            stack.enter_context(postgresql_database(DATABASE)) if postgresql else f"sqlite:///{folder}/db.sqlite3"
        )
        installation = stack.enter_context(Installation(folder, database, "redis://127.0.0.1:1"))
        (folder / "broken.py").write_text(BREAK)
        port = free_port()
        installation.environment["PYTHONPATH"] = f"{folder}:{os.environ.get('PYTHONPATH', '')}"
        installation.manage("collectstatic", "--no-input", "-v0")
        installation.start_web(port)
        wait_for(lambda: answers(port), 60, "an open port", installation.log)
        yield Server(installation, port)


def test_a_chunked_body_is_read_as_it_comes(server):
    before = server.stored()
    status, body = server.ask("POST", body=(server.line(number) for number in range(2_500)), **CHUNKED)
    assert (status, json.loads(body)["stored"]) == (200, 2_500)
    assert server.stored() - before == 2_500


def test_json_of_somebody_whose_session_is_checked_for_forgery(server):
    status, body = server.ask("POST", body=server.line(9_000), **{"Content-Type": "application/json"})
    assert (status, json.loads(body)["stored"]) == (200, 1)
    status, body = server.ask("POST", body=server.line(9_001), **{"X-CSRFToken": "b" * 32})
    assert status == 403


def test_a_body_that_ends_early_is_told_what_came_of_it(server):
    before, line = server.stored(), server.line()
    answer = server.raw(server.head("Content-Length: 5000") + line)
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b"The body ended before it was complete." in answer
    assert server.stored() == before


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"5\r\nab", b"-1\r\n\r\n"])
def test_chunks_that_are_none_are_a_400(server, chunk):
    answer = server.raw(server.head("Transfer-Encoding: chunked") + chunk)
    assert b" 400 " in answer.split(b"\r\n")[0]


def test_a_hundred_megabytes_are_refused_at_once_or_when_they_pass_the_limit(server):
    answer = server.raw(server.head(f"Content-Length: {100 << 20}"))
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b"16 MiB" in answer
    status, body = server.ask("POST", body=(b" " * (1 << 20) for _ in range(17)), **CHUNKED)
    assert (status, json.loads(body)["status"]) == (413, 413)


def test_an_export_that_breaks_is_not_taken_for_a_whole_one(server):
    server.ask("POST", body=b"".join(server.line(number) for number in range(5_000)))
    assert len(server.ask("GET", f"{PATH}?format=csv")[1].splitlines()) > 5_000
    port = free_port()
    command = [word.replace("dashboard.wsgi", "broken") for word in server.installation.processes["web"].args]
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    server.installation.start("broken", *command)
    wait_for(lambda: answers(port), 60, "an open port", server.installation.log)
    whole, server.port = server.port, port
    with pytest.raises(http.client.IncompleteRead):
        server.ask("GET", f"{PATH}?format=csv")
    server.port = whole


def test_who_hangs_up_leaves_the_server_well(server):
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        head = server.head().replace(b"POST /api/v1/outcomes/", b"GET /api/v1/outcomes/?format=csv", 1)
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert server.ask("GET", f"{PATH}?limit=1")[0] == 200
