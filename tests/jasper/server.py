"""The server on its socket."""

import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.jasper import service  # noqa: F401 - its routes
from tests.jasper.login import cookie, outside, rejected, sign_in
from tests.jasper.message import Asked, Said, login_page, page
from tests.jasper.route import find
from tests.jasper.state import State

BASE = "/jasperserver-pro"


class Jasper:
    """``with Jasper() as jasper:`` serves on ``jasper.url``. ``state`` is what it knows, ``asked`` what came in."""

    def __init__(self) -> None:
        self.state = State()
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{BASE}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def forget(self) -> None:
        """As it was in the beginning."""
        self.state = State()
        self.asked.clear()

    def answer(self, asked: Asked) -> Said:
        state = self.state
        time.sleep(state.delay_s)
        with self._lock:
            self.asked.append(asked)
            if not asked.target.startswith(f"{BASE}/"):
                return page(404, "HTTP Status 404")
            inside = replace(asked, target=asked.target.removeprefix(BASE))
            if state.page_instead:
                return login_page()
            if "path" in {name.lower() for name in inside.cookies}:
                return page(500, "HTTP Status 500")  # a cookie's attribute, sent as if it were a cookie
            return outside(state, inside) or _served(state, inside)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        jasper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                self.say(jasper.answer(Asked(self.command, self.path, headers, body)))

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = handle_any

            def say(self, said: Said) -> None:
                self.send_response(said.code)
                for name, value in said.headers:
                    self.send_header(name, value)
                if said.content_type:
                    self.send_header("Content-Type", said.content_type)
                if said.code != 204:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body if self.command != "HEAD" else b"")

            def log_message(self, *args: object) -> None:
                pass

        return Handler


def _served(state: State, asked: Asked) -> Said:
    """A service under /rest_v2/, once somebody has signed in."""
    known, at_once, opened = sign_in(state, asked)
    said = at_once or rejected(state, known) or _found(state, known)
    if opened:
        said.headers.append(cookie(opened))
    return said


def _found(state: State, asked: Asked) -> Said:
    try:
        return find(state, asked) or page(404, "HTTP Status 404")
    except (ValueError, KeyError, TypeError):  # a body that is none
        return page(500, "HTTP Status 500")
