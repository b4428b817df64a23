"""Does a server do its work yet? Asked at an address: `unix:PATH`, `tcp:HOST:PORT` or `http://[NAME@]HOST:PORT/PATH`."""

import http.client
import socket
from contextlib import closing
from urllib.parse import urlsplit

PATIENCE_S = 2.0


def answers(address: str) -> bool:
    """True where the address answers as its kind does; an empty one always does."""
    kind, _, rest = address.partition(":")
    try:
        return KINDS[kind](rest)
    except (OSError, http.client.HTTPException):
        return False


def _unix(path: str) -> bool:
    """A Valkey or Redis that says PONG; one that still reads its data says LOADING."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(path)
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith(b"+PONG")


def _tcp(rest: str) -> bool:
    host, _, port = rest.rpartition(":")
    socket.create_connection((host, int(port)), timeout=PATIENCE_S).close()
    return True


def _http(rest: str) -> bool:
    """Any answer is a sign of life, whatever its code. NAME is what the server is called in its Host header."""
    parts = urlsplit(f"http:{rest}")
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)) as connection:
        headers = {"Host": parts.username} if parts.username else {}
        connection.request("GET", parts.path, headers=headers)
        return connection.getresponse().status > 0


KINDS = {"": lambda rest: True, "unix": _unix, "tcp": _tcp, "http": _http}
