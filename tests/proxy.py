"""Local proxies: HTTP (with CONNECT), the same behind TLS, and SOCKS5. Each tells what it was asked for."""

import base64
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


class Proxied:
    """``asked`` lists the addresses that were wanted; ``let_in`` is whom it takes: "user:password", '' for all."""

    def __init__(self, port: int, let_in: str, refuses: bool) -> None:
        self.port, self.let_in, self.refuses = port, let_in, refuses
        self.asked: list[str] = []


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    proxied: Proxied
    tls: ssl.SSLContext | None = None


@contextmanager
def http_proxy(let_in: str = "", refuses: bool = False, tls: ssl.SSLContext | None = None) -> Iterator[Proxied]:
    with _serving(HttpProxy, let_in, refuses, tls) as proxied:
        yield proxied


@contextmanager
def socks_proxy(let_in: str = "") -> Iterator[Proxied]:
    with _serving(SocksProxy, let_in, False, None) as proxied:
        yield proxied


@contextmanager
def _serving(handler: Any, let_in: str, refuses: bool, tls: ssl.SSLContext | None) -> Iterator[Proxied]:
    with Server(("127.0.0.1", 0), handler) as server:
        server.tls = tls
        server.proxied = Proxied(server.server_address[1], let_in, refuses)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.proxied
        server.shutdown()


class Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        self.client = self.request
        with suppress(OSError, EOFError):
            if self.server.tls:
                self.client = self.server.tls.wrap_socket(self.request, True, do_handshake_on_connect=False)
                self.client.do_handshake()
            self.carry(self.server.proxied)
        self.client.close()

    def carry(self, proxied: Proxied) -> None:
        raise NotImplementedError

    def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            if not (piece := self.client.recv(count - len(data))):
                raise EOFError
            data += piece
        return data

    def join(self, there: socket.socket) -> None:
        """Pour both ways until both have ended."""
        back = threading.Thread(target=_pour, args=(there, self.client), daemon=True)
        back.start()
        _pour(self.client, there)
        back.join()
        there.close()


class HttpProxy(Handler):
    def carry(self, proxied: Proxied) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.exactly(1)
        text = head.decode("latin-1")
        method, target, _ = text.split(" ", 2)
        proxied.asked.append(f"{method} {target}")
        wanted = base64.b64encode(proxied.let_in.encode()).decode()
        if proxied.let_in and f"Proxy-Authorization: Basic {wanted}\r\n" not in text:
            self.client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif proxied.refuses:
            self.client.sendall(b"HTTP/1.1 403 Forbidden\r\nX-Proxy: no\r\nContent-Length: 0\r\n\r\n")
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            there = socket.create_connection((host.strip("[]"), int(port)))
            self.client.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
            self.join(there)
        else:
            parts = urlsplit(target)
            there = socket.create_connection((parts.hostname or "", parts.port or 80))
            there.sendall(text.replace(target, target.partition(parts.netloc)[2] or "/", 1).encode("latin-1"))
            self.join(there)


class SocksProxy(Handler):
    def carry(self, proxied: Proxied) -> None:
        self.exactly(self.exactly(2)[1])
        self.client.sendall(b"\x05\x02" if proxied.let_in else b"\x05\x00")
        if proxied.let_in:
            user = self.exactly(self.exactly(2)[1])
            password = self.exactly(self.exactly(1)[0])
            self.client.sendall(b"\x01\x00" if b":".join((user, password)).decode() == proxied.let_in else b"\x01\x01")
        kind = self.exactly(4)[3]
        if kind == 3:
            host = self.exactly(self.exactly(1)[0]).decode()
        else:
            host = str(ip_address(self.exactly(4 if kind == 1 else 16)))
        (port,) = struct.unpack("!H", self.exactly(2))
        proxied.asked.append(f"{host}:{port}")
        there = socket.create_connection((host, port))
        self.client.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        self.join(there)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
