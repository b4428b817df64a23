"""The example service through a raw socket: every code of the table, and every wrong answer."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apiclient.example.answers import TOUR

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "apiclient.example.server", "--port"]
INTERIM = {100: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        found = int(trial.getsockname()[1])
    process = subprocess.Popen([*COMMAND, str(found)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield found
    process.terminate()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def connect(port: int, path: str, method: str = "GET", more: str = "Connection: close\r\n") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(f"{method} {path} HTTP/1.1\r\nHost: example\r\n{more}\r\n".encode())
    return client


def fetch(port: int, path: str, **more: str) -> bytes:
    """All bytes until the server closes."""
    with connect(port, path, **more) as client:
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize("code", [code for code in TOUR if code != 101])
def test_every_code_of_the_table(port, code):
    expected = INTERIM.get(code, f"HTTP/1.1 {code} ".encode())
    assert fetch(port, f"/status/{code}").startswith(expected)


def test_switching_protocols_leaves_the_connection_open(port):
    with connect(port, "/status/101") as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n")


@pytest.mark.parametrize("code", [102, 103, 208, 299, 418, 451, 599, 600, 799, 999])
def test_codes_beyond_the_table(port, code):
    assert f"HTTP/1.1 {code} ".encode() in fetch(port, f"/status/{code}")


@pytest.mark.parametrize("code", [204, 205, 304])
def test_codes_without_a_body_have_none(port, code):
    assert fetch(port, f"/status/{code}").endswith(b"\r\n\r\n")


def test_head_has_no_body(port):
    assert fetch(port, "/status/404", method="HEAD").endswith(b"\r\n\r\n")


def test_a_connection_is_kept_for_the_next_request(port):
    with connect(port, "/status/200", more="") as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"POST /deploys HTTP/1.1\r\nHost: example\r\nContent-Length: 3\r\n\r\nabc")
        assert client.recv(65536).startswith((b"HTTP/1.1 201", b"HTTP/1.1 409"))


def test_slowly(port):
    began = time.monotonic()
    assert b"at last" in fetch(port, "/slow/300")
    assert time.monotonic() - began >= 0.3


def test_a_broken_status_line(port):
    assert not fetch(port, "/garbage").startswith(b"HTTP/")


def test_a_closed_connection(port):
    assert fetch(port, "/close") == b""


def test_half_an_answer(port):
    head, body = fetch(port, "/truncated").split(b"\r\n\r\n")
    assert b"Content-Length: 1000" in head
    assert len(body) < 1000


def test_a_reset_connection(port):
    with pytest.raises(ConnectionResetError):
        fetch(port, "/reset")


def test_no_answer_at_all(port):
    with connect(port, "/hang") as client:
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_what_is_no_http_is_a_bad_request(port):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"HELO\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 400")


def test_a_busy_port_is_one_line(port):
    ended = subprocess.run([*COMMAND, str(port)], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"The example service cannot listen on 127.0.0.1:{port}: {os.strerror(98)}"


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "-1", "²"])
def test_a_wrong_port_is_named(wrong):
    ended = subprocess.run([*COMMAND[:-1], f"--port={wrong}"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert "is not a port: 1 to 65535" in ended.stderr


def test_it_ends_when_its_parent_is_killed():
    # The parent is a shell that starts the service and tells its id.
    line = f"{' '.join(COMMAND)} 0 >/dev/null 2>&1 & echo $!; wait".replace("--port 0", "--port $PORT")
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    env = {**os.environ, "PORT": str(port)}
    shell = subprocess.Popen(["sh", "-c", line], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env)
    assert shell.stdout is not None
    child = int(shell.stdout.readline())
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not answers(port):
        time.sleep(0.05)
    assert answers(port)
    shell.send_signal(signal.SIGKILL)
    shell.wait()
    shell.stdout.close()
    while time.monotonic() < deadline and answers(port):
        time.sleep(0.05)
    assert not answers(port), f"process {child} still serves"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
