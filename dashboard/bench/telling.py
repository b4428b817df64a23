"""A program that tells outcomes for so long: ``python -m dashboard.bench.telling PORT SIZE CONNECTIONS SECONDS``.

Plain sockets, since a client that costs more than the server would be what is measured. Its headers and the calls
come as JSON on standard input; it prints one JSON object.
"""

import json
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any

PATH = "/api/v1/outcomes/"
FAILED = 50
"""Of so many outcomes one is a 503 with a message."""
PATIENCE_S = 30.0


def tell(
    port: int, size: int, connections: int, seconds: float, headers: dict[str, str], calls: list[int]
) -> dict[str, Any]:
    """Requests a second and outcomes stored a second, and how long requests took (ms)."""
    numbers, stored, took = count(), [0] * connections, [[] for _ in range(connections)]  # type: ignore[var-annotated]
    since = datetime.now(UTC) - timedelta(seconds=30)
    end = time.monotonic() + seconds

    def run(which: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (begun := time.monotonic()) < end:
                body = _body(since, next(numbers) * size, size, calls)
                connection.sendall(_head(headers, len(body)) + body)
                stored[which] += _answer(connection)["stored"]
                took[which].append(time.monotonic() - begun)

    begun = time.monotonic()
    threads = [Thread(target=run, args=(which,)) for which in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed, times = time.monotonic() - begun, sorted(one for some in took for one in some)
    if not times or sum(stored) < len(times) * size:
        raise RuntimeError(f"{sum(stored)} of {len(times) * size} outcomes were stored")
    return {
        "stored": sum(stored),
        "per_second": round(sum(stored) / elapsed),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[len(times) * 99 // 100] * 1000, 2),
    }


def _body(since: datetime, first: int, size: int, calls: list[int]) -> bytes:
    items = [_item(since, number, calls) for number in range(first, first + size)]
    return (items[0] if size == 1 else f"[{','.join(items)}]").encode()


def _item(since: datetime, number: int, calls: list[int]) -> str:
    moment, call = divmod(number, len(calls))
    started_at = f"{(since + timedelta(milliseconds=moment)).isoformat(timespec='milliseconds')}"
    how = "200" if number % FAILED else '503, "message": "out of beans, 5 left"'
    timings = '{"dns": 1.25, "connect": 3.5, "tls": 8.75, "wait": 40.1, "total": 55.2}'
    return f'{{"call": {calls[call]}, "started_at": "{started_at}", "timings_ms": {timings}, "status_code": {how}}}'


def _head(headers: dict[str, str], length: int) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{''.join(lines)}\r\n".encode()


def _answer(connection: socket.socket) -> dict[str, Any]:
    """RuntimeError with what the server said when it is not a 200."""
    data = b"".join(_until_complete(connection))
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"the server said {data[:400]!r}")
    answer: dict[str, Any] = json.loads(body)
    return answer


def _until_complete(connection: socket.socket) -> Iterator[bytes]:
    data, missing = b"", 1
    while missing > 0:
        piece = connection.recv(65_536)
        if not piece:
            raise RuntimeError("the server hung up")
        yield piece
        data += piece
        head, found, body = data.partition(b"\r\n\r\n")
        if found and b"content-length:" not in head.lower():
            raise RuntimeError(f"the server gave no length: {head[:400]!r}")
        if found:
            missing = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]) - len(body)


if __name__ == "__main__":
    port, size, connections, seconds = sys.argv[1:]
    given = json.load(sys.stdin)
    found = tell(int(port), int(size), int(connections), float(seconds), given["headers"], given["calls"])
    sys.stdout.write(json.dumps(found) + "\n")
