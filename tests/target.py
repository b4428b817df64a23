"""A local HTTP server that misbehaves when asked: real sockets, answers chosen by path."""

import asyncio
import gzip
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from weakref import WeakSet

MOST_SENT = 64 << 20  # an endless answer ends here, should a client read it all


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the target saw it; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return self.headers.get("x-request-id", "")


class Target:
    """``with Target() as target:`` serves on ``target.url``; ``host`` and ``tls`` choose where and how.

    ``requests`` lists what was asked, ``connections`` counts what was opened.
    """

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.host, self.port, self._tls = host, port, tls
        self.requests: list[Asked] = []
        self.connections = 0
        self._open: WeakSet[asyncio.StreamWriter] = WeakSet()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the target did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, self.host, self.port, ssl=self._tls, backlog=4096)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(asyncio.sleep(0.01))  # who was let in last gets a transport that can be closed
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # Those whose handshake is under way are known to the loop alone.
        for transport in (*(writer.transport for writer in self._open), *self._loop._transports.values()):  # type: ignore[attr-defined]
            transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.01))  # closing takes a turn of the loop or two
        self._loop.close()

    async def answer(self, reply: "Reply") -> None:
        """By the first word of the path."""
        await _answer(reply)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            asked = await _read(reader)
            self.requests.append(asked)
            await self.answer(Reply(asked, writer))
            await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        with suppress(OSError, RuntimeError):
            writer.close()


class Reply:
    """What an answer needs: the request's path and query, and a way to write."""

    def __init__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked, self.writer = asked, writer
        parts = urlsplit(asked.path)
        self.kind, _, rest = parts.path.lstrip("/").partition("/")
        self.rest = unquote(rest)
        self.query = {name: values[0] for name, values in parse_qs(parts.query, encoding="latin-1").items()}

    async def raw(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
        await self.writer.drain()

    async def send(self, status: str = "200 OK", body: bytes = b"ok", *headers: str, length: bool = True) -> None:
        """One plain answer; HEAD and the codes without a body get none."""
        code = status[:3]
        empty = self.asked.method == "HEAD" or code in ("204", "304") or code.startswith("1")
        lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
        if length and code != "204" and not code.startswith("1"):
            lines.append(f"Content-Length: {len(body)}")
        await self.raw("\r\n".join([*lines, "", ""]).encode("latin-1"), b"" if empty else body)

    async def repeat(self, head: bytes, piece: bytes, pause: float = 0.0) -> None:
        """The head, then the same piece again and again."""
        await self.raw(head)
        for _ in range(MOST_SENT // max(1, len(piece))):
            await self.raw(piece)
            if pause:
                await asyncio.sleep(pause)


ANSWERS: dict[str, Callable[[Reply], Awaitable[None]]] = {}
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def answers(name: str) -> Callable[[Callable[[Reply], Awaitable[None]]], Callable[[Reply], Awaitable[None]]]:
    def keep(answer: Callable[[Reply], Awaitable[None]]) -> Callable[[Reply], Awaitable[None]]:
        ANSWERS[name] = answer
        return answer

    return keep


# Answers that are nothing but bytes.
BYTES = {
    "double-content-length": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "negative-content-length": OK + b"Content-Length: -5\r\n\r\nabc",
    "huge-content-length": OK + b"Content-Length: 99999999999999999999999\r\n\r\nabc",
    "short-body": OK + b"Content-Length: 100\r\n\r\nabc",
    "bad-chunk": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
    "cut-chunk": CHUNKED + b"ff\r\nabc",
    "trailers": CHUNKED + b"2\r\nok\r\n0\r\nX-Trailer: kept not\r\n\r\n",
    "trailer-flood": CHUNKED + b"2\r\nok\r\n0\r\n" + b"X-Trailer: x\r\n" * 5000 + b"\r\n",
    "nul-header": OK + b"X-Nul: a\0b\r\nContent-Length: 2\r\n\r\nok",
    "control-header": OK + b"X-Escape: a\x1b[31mb\x07\r\nContent-Length: 2\r\n\r\nok",
    "folded-header": OK + b"X-Folded: a\r\n  b\r\nContent-Length: 2\r\n\r\nok",
    "no-colon-header": OK + b"nonsense\r\nContent-Length: 2\r\n\r\nok",
    "unknown-encoding": OK + b"Content-Encoding: rot13\r\nContent-Length: 2\r\n\r\nok",
    "bad-gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    "unknown-transfer-coding": OK + b"Transfer-Encoding: rot13\r\n\r\nok",
    "body-on-204": b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
    "body-on-304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
    "http09": b"<html>no status line</html>",
    "nothing-but-newlines": b"\r\n" * 1000,
    "upgrade": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n\x81\x02hi",
    "close": b"",
    "headers-many": OK + b"".join(b"X-%d: y\r\n" % n for n in range(2000)) + b"Content-Length: 2\r\n\r\nok",
    "headers-big": OK + (b"X-Big: " + b"y" * 8000 + b"\r\n") * 20 + b"Content-Length: 2\r\n\r\nok",
    "header-line-big": OK + b"X-Big: " + b"y" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\nok",
    "gzip-bomb": OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(100 << 20), 9),
    "gzip-bomb-twice": OK
    + b"Content-Encoding: gzip, gzip\r\n\r\n"
    + gzip.compress(gzip.compress(bytes(100 << 20), 9), 9),
}

# Answers without an end: the head, the piece that comes again and again, and the pause in seconds between pieces.
ENDLESS = {
    "endless": (OK + b"\r\n", b"x" * 65_536, 0.0),
    "chunks-endless": (CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n", 0.0),
    "chunk-extension-flood": (CHUNKED, b"1;" + b"e" * 4000 + b"\r\nx\r\n", 0.0),
    "chunk-extension-endless": (CHUNKED + b"1;", b"e" * 4096, 0.0),
    "drip": (OK + b"Content-Length: 1000\r\n\r\n", b"x", 0.05),
    "drip-header": (OK, b"X-Drip: y\r\n", 0.05),
    "drip-status": (b"", b"H", 0.05),
    "flood-1xx": (b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.0),
    "drip-1xx": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05),
    "header-endless": (OK + b"X-Endless: ", b"y" * 4096, 0.0),
    "status-endless": (b"HTTP/1.1 200 ", b"y" * 4096, 0.0),
}


@answers("status")
async def _status(reply: Reply) -> None:
    await reply.send(f"{reply.rest} Reason", f"status {reply.rest}".encode())


@answers("delay")
async def _delay(reply: Reply) -> None:
    await asyncio.sleep(float(reply.rest))
    await reply.send()


@answers("hang")
async def _hang(_: Reply) -> None:
    await asyncio.sleep(3600)


@answers("reset")
async def _reset(reply: Reply) -> None:
    reply.writer.transport.abort()


@answers("interim")
async def _interim(reply: Reply) -> None:
    for code in reply.rest.split(","):
        await reply.raw(f"HTTP/1.1 {code} Interim\r\nX-Interim: {code}\r\n\r\n".encode())
    await reply.send()


@answers("continue-then")
async def _continue_then(reply: Reply) -> None:
    await reply.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
    await reply.send(f"{reply.rest} Reason")


@answers("redirect")
async def _redirect(reply: Reply) -> None:
    left = int(reply.rest)
    await reply.send("302 Found", b"", f"Location: {f'/redirect/{left - 1}' if left > 1 else '/status/200'}")


@answers("redirect-loop")
async def _redirect_loop(reply: Reply) -> None:
    await reply.send("302 Found", b"", "Location: /redirect-loop")


@answers("redirect-to")
async def _redirect_to(reply: Reply) -> None:
    await reply.send(f"{reply.query.get('code', '302')} Moved", b"moved", f"Location: {reply.query['url']}")


@answers("status-line")
async def _status_line(reply: Reply) -> None:
    await reply.raw(reply.query["line"].encode("latin-1"), b"\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


@answers("body")
async def _body(reply: Reply) -> None:
    body = reply.query.get("text", "").encode("latin-1")
    await reply.send(
        reply.query.get("status", "200 OK"), body, f"Content-Type: {reply.query.get('type', 'text/plain')}"
    )


@answers("large")
async def _large(reply: Reply) -> None:
    await reply.send("200 OK", b"x" * int(reply.query["bytes"]), "Content-Type: text/plain")


@answers("gzip")
async def _gzip(reply: Reply) -> None:
    await reply.send("200 OK", gzip.compress(reply.query.get("text", "").encode()), "Content-Encoding: gzip")


@answers("echo")
async def _echo(reply: Reply) -> None:
    lines = [
        f"{reply.asked.method} {reply.asked.path}",
        *(f"{name}: {value}" for name, value in reply.asked.headers.items()),
    ]
    await reply.send("200 OK", "\n".join([*lines, ""]).encode() + b"\n" + reply.asked.body)


async def _answer(reply: Reply) -> None:
    if reply.kind in BYTES:
        await reply.raw(BYTES[reply.kind])
    elif reply.kind in ENDLESS:
        await reply.repeat(*ENDLESS[reply.kind])
    elif reply.kind in ANSWERS:
        await ANSWERS[reply.kind](reply)
    else:
        await reply.send("404 Not Found", f"no answer is called {reply.kind!r}".encode())


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


def hostile_paths() -> Iterator[str]:
    """Every answer that is wrong, endless or cut short."""
    yield from (f"/{name}" for name in (*BYTES, *ENDLESS))
