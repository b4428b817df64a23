"""The example service on the wire: a small HTTP/1.1 server that also knows how to answer wrongly or not at all.

    python -m apiclient.example.server --host 127.0.0.1 --port 8765

Its routes stand in ``answers``. It ends by itself when the process that started it is gone.
"""

import argparse
import asyncio
import os
import signal
import socket
import struct
import sys
import time
from collections import Counter

from apiclient.example.answers import Answer, Asked, Ending, answer, say

IDLE_S = 600
"""How long a connection may stay silent."""
LONGEST_HEAD = 64 << 10
PARENT_CHECK_S = 1.0


class Example:
    """Connections in, answers out. ``counts`` is how often each route was asked."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            async with asyncio.timeout(IDLE_S):
                while await self._exchange(reader, writer):
                    pass
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass
        except (ValueError, asyncio.LimitOverrunError):
            writer.write(say(400, "This is not an HTTP/1.1 request.\n").data)
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; True where the connection stays for the next."""
        method, target, headers = parse_head(await reader.readuntil(b"\r\n\r\n"))
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await take(reader, int(headers.get("content-length", 0)))
        given = self._answer(method, target, headers, body)
        await asyncio.sleep(given.wait_s)
        writer.write(headless(given.data) if method == "HEAD" else given.data)
        await writer.drain()
        return await end(reader, writer, given.ending) and headers.get("connection", "").lower() != "close"

    def _answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Answer:
        name, _, argument = target.partition("?")[0].strip("/").partition("/")
        asked = Asked(method, argument, headers, self.counts[name], time.time(), body)
        self.counts[name] += 1
        return answer(name, asked)


def parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, target and headers (names in lower case); ValueError where it is no HTTP/1 request."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return method, target, {name.lower(): value.strip() for name, _, value in pairs}


def headless(data: bytes) -> bytes:
    """The answer to HEAD: everything but the body of the final answer."""
    head, gap, rest = data.partition(b"\r\n\r\n")
    interim = head.startswith(b"HTTP/1.1 1") and rest
    return head + gap + (headless(rest) if interim else b"")


async def take(reader: asyncio.StreamReader, size: int) -> str:
    """Read a request's body whole, and keep its beginning."""
    kept = b""
    while size > 0 and (chunk := await reader.read(min(size, 1 << 16))):
        size -= len(chunk)
        kept = kept or chunk
    return kept.decode("utf-8", "replace")


async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ending: Ending) -> bool:
    """Do to the connection what the answer asks for; True where it is kept."""
    if ending is Ending.HANG:
        while await reader.read(1 << 16):
            pass
    elif ending is Ending.RESET:
        # No lingering: the kernel then sends RST in place of FIN.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    return ending is Ending.KEEP


async def wait_for_the_end(parent: int) -> None:
    """Until SIGTERM, SIGINT or the end of the process that started this one."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while os.getppid() == parent and not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), PARENT_CHECK_S)
        except TimeoutError:
            continue


async def run(host: str, port: int) -> None:
    """Serve until told to stop; OSError where the address cannot be had."""
    parent = os.getppid()
    server = await asyncio.start_server(Example().serve, host, port, limit=LONGEST_HEAD, backlog=1024)
    sys.stdout.write(f"The example service answers at http://{host}:{port}/\n")
    sys.stdout.flush()
    await wait_for_the_end(parent)
    server.close()


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to 65535")
    return int(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m apiclient.example.server", description="The example service.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=port_number, default=8765, help="1 to 65535 (default %(default)s)")
    options = parser.parse_args()
    try:
        asyncio.run(run(options.host, options.port))
    except OSError as error:
        sys.exit(f"The example service cannot listen on {options.host}:{options.port}: {os.strerror(error.errno or 0)}")


if __name__ == "__main__":
    main()
