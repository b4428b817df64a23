"""A local shop that wants a login: tokens and cookies are given out, used, and taken back by logging out."""

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

PASSWORD = "open-sesame"


class Shop:
    """``with Shop() as shop:`` serves on ``shop.url``; ``asked`` lists method and path, ``tokens`` who is logged in."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.given: list[str] = []
        self.orders: set[int] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shop": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def log_in(self) -> str:
        token = f"tk-{secrets.token_hex(12)}"
        self.tokens.add(token)
        self.given.append(token)
        return token


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: Shop

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.shop.asked.append(f"{self.command} {self.path}")
        path, token = self.path.partition("?")[0], self.headers.get("Authorization", "").removeprefix("Bearer ")
        if path == "/login":
            self._log_in(body)
        elif path.startswith("/delay/"):
            time.sleep(float(path.removeprefix("/delay/")))
            self._answer(200, {})
        elif token not in self.shop.tokens:
            self._answer(401, {"message": f"nobody is logged in as {token!r}"})
        elif path == "/logout":
            self.shop.tokens.discard(token)
            self._answer(204, None)
        else:
            self._order(path)

    def _log_in(self, body: bytes) -> None:
        if json.loads(body or b"{}").get("password") != PASSWORD:
            self._answer(403, {"message": "wrong password"})
            return
        token = self.shop.log_in()
        self._answer(200, {"access_token": token, "kind": "bearer"}, ("Set-Cookie", f"sid={token}; HttpOnly"))

    def _order(self, path: str) -> None:
        number = int(path.rpartition("/")[2]) if path.rpartition("/")[2].isdigit() else 0
        if self.command == "POST":
            self.shop.orders.add(7001)
            self._answer(201, {"id": 7001}, ("Location", "/orders/7001"))
        elif self.command == "DELETE" and number in self.shop.orders:
            self.shop.orders.discard(number)
            self._answer(204, None)
        elif path == "/orders" or number in self.shop.orders:
            self._answer(200, {"orders": sorted(self.shop.orders)})
        else:
            self._answer(404, {"message": "no such order"})

    def _answer(self, code: int, value: Any, *headers: tuple[str, str]) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(code)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        if code != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve

    def log_message(self, format: str, *args: object) -> None:
        pass
