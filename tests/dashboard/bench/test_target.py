"""The bench's target answers everything with 200 but what asks to hang, plain and over TLS."""

import socket
import ssl
from urllib.parse import urlsplit

import pytest

from dashboard.bench import servers

ASK = b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n"


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    plain = socket.create_connection((parts.hostname, parts.port), timeout=10)
    if parts.scheme == "http":
        return plain
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain)


@pytest.mark.parametrize("tls", [False, True])
def test_it_answers_and_closes(tls: bool) -> None:
    with servers.target(tls=tls) as url:
        for _ in range(3):
            with connect(url) as client:
                client.sendall(ASK % b"x")
                assert client.recv(4096).startswith(b"HTTP/1.1 200 OK") and client.recv(4096) == b""


@pytest.mark.parametrize("tls", [False, True])
def test_what_asks_to_hang_is_held_while_others_are_answered(tls: bool) -> None:
    with servers.target(tls=tls) as url, connect(url) as hanging, connect(url) as other:
        hanging.sendall(ASK % b"hang")
        other.sendall(ASK % b"x")
        assert other.recv(4096)
        hanging.settimeout(0.2)
        with pytest.raises(TimeoutError):
            hanging.recv(1)
