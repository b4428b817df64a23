"""The server that a fault's load calls: it counts every request, and its answer says which one it was.

`python -m tests.faults.target LOG SEED` prints its port and ends with its parent. The nth request of a call is
answered by a body of n bytes, so an outcome's size names the request that it came from. Two in a hundred are answered
wrongly or not at all. LOG gets a line per request: call, n, method, Unix time, name of the answer.
"""

import os
import select
import socket
import struct
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TextIO
from urllib.parse import parse_qs, urlsplit

from tests.target import BYTES

HOSTILE_SHARE = 0.02
HOSTILE = ("close", "http09", "short-body", "bad-chunk", "double-content-length", "gzip-bomb", "reset", "hang", "drip")
"""None of them is an answer that came whole."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
DRIP_SECONDS = 0.05
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close by reset
BACKLOG = 8192


class Target:
    """One thread, one epoll. ``held`` are sockets that never get a whole answer, until the client gives up."""

    def __init__(self, log: TextIO, random: Random) -> None:
        self.log, self.random = log, random
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.listener.setblocking(False)
        self.poll = select.epoll()
        self.poll.register(self.listener, select.EPOLLIN)
        self.asking: dict[int, tuple[socket.socket, bytes]] = {}
        self.held: dict[int, tuple[socket.socket, str]] = {}
        self.asked: Counter[str] = Counter()

    def serve(self) -> None:
        """Until the parent process ends."""
        parent, dripped = os.getppid(), 0.0
        while os.getppid() == parent:
            for descriptor, _ in self.poll.poll(DRIP_SECONDS):
                if descriptor == self.listener.fileno():
                    self._accept()
                elif descriptor in self.held:
                    self._close(self.held.pop(descriptor)[0])
                else:
                    self._hear(*self.asking.pop(descriptor))
            self.log.flush()
            if time.monotonic() - dripped > DRIP_SECONDS:
                dripped = time.monotonic()
                self._drip()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return
            connection.setblocking(False)
            self.poll.register(connection, select.EPOLLIN)
            self._hear(connection, b"")

    def _hear(self, connection: socket.socket, heard: bytes) -> None:
        try:
            more = connection.recv(65_536)
        except BlockingIOError:
            self.asking[connection.fileno()] = (connection, heard)
            return
        except OSError:
            more = b""
        if not more:
            self._close(connection)
        elif b"\r\n\r\n" in heard + more:
            self._answer(connection, (heard + more).split(b" ", 2))
        else:
            self.asking[connection.fileno()] = (connection, heard + more)

    def _answer(self, connection: socket.socket, words: list[bytes]) -> None:
        method, address = words[0].decode(), words[1].decode()
        call = parse_qs(urlsplit(address).query)["call"][0]
        self.asked[call] += 1
        name = self.random.choice(HOSTILE) if self.random.random() < HOSTILE_SHARE else "ok"
        self.log.write(f"{call} {self.asked[call]} {method} {time.time():.3f} {name}\n")
        if name in ("hang", "drip"):
            self.held[connection.fileno()] = (connection, name)
            return
        if name == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        elif name == "ok":
            connection.send(HEAD % self.asked[call] + b"x" * self.asked[call])
        else:
            connection.send(BYTES[name])
        self._close(connection)

    def _drip(self) -> None:
        for connection, name in self.held.values():
            if name == "drip":
                try:
                    connection.send(b"H")  # the client that left is heard of by the poll
                except OSError:
                    continue

    def _close(self, connection: socket.socket) -> None:
        self.poll.unregister(connection)
        connection.close()


def main() -> None:
    path, seed = sys.argv[1:]
    with Path(path).open("w") as log:
        target = Target(log, Random(seed))
        sys.stdout.write(f"{target.listener.getsockname()[1]}\n")
        sys.stdout.flush()
        target.serve()


if __name__ == "__main__":
    main()
