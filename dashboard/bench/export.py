"""How fast a long history leaves as CSV and NDJSON, and how much memory that takes."""

import http.client
import time
from contextlib import closing
from typing import Any

from dashboard.bench.stage import cpu_seconds, inside, resident_mb
from dashboard.bench.tables import markdown
from dashboard.bench.web import Web, web

CALLS, SERVICES = 1_000, 20
PATH = "/api/v1/outcomes/?since=-30d&format="
KINDS = ("csv", "ndjson")
PIECE = 1 << 20
MOST_GROWTH_MB = 32
"""What the server may take more for millions of rows than for a thousand."""


def measure(database_url: str, rows: int) -> dict[str, Any]:
    """Rows a second of a history of so many, and by how many MiB the server grew above a small answer."""
    with web(database_url) as server:
        filled = inside(server.environment, "fill", SERVICES, CALLS, rows / CALLS / 1440)
        return {"rows": filled["rows"], "kinds": [_read(server, kind) for kind in KINDS]}


def table(found: dict[str, Any]) -> str:
    heads = [
        f"{found['rows']:,} outcomes",
        "rows a second",
        "MB a second",
        "first byte in ms",
        "web CPU a row",
        "grew by",
    ]
    rows = [
        [
            row["kind"], f"{row['per_second']:,}", f"{row['mb_per_second']}", f"{row['first_ms']}",
            f"{row['web_us_per_row']} µs", f"{row['grew_mb']} MB",
        ]
        for row in found["kinds"]
    ]  # fmt: skip
    return "\n".join((markdown([*heads, "grew by"], rows), *misses(found)))


def misses(found: dict[str, Any]) -> list[str]:
    """A sentence for every figure that is not met."""
    return [
        f"{row['kind']}: the server grew by {row['grew_mb']} MB, more than {MOST_GROWTH_MB}"
        for row in found["kinds"]
        if row["grew_mb"] > MOST_GROWTH_MB
    ]


def _read(server: Web, kind: str) -> dict[str, Any]:
    _ask(server, f"{PATH}{kind}&limit=1000")
    before, used = _resident(server), cpu_seconds(server.pids)
    found = _ask(server, f"{PATH}{kind}")
    used = cpu_seconds(server.pids) - used
    return {
        "kind": kind,
        "per_second": round(found["rows"] / found["seconds"]),
        "mb_per_second": round(found["bytes"] / found["seconds"] / 1e6, 1),
        "first_ms": round(found["first_s"] * 1000, 1),
        "web_us_per_row": round(used / found["rows"] * 1e6, 1),
        "grew_mb": round(found["resident_mb"] - before, 1),
    }


def _ask(server: Web, path: str) -> dict[str, float]:
    begun, rows, size, resident, first_s = time.monotonic(), 0, 0, 0.0, 0.0
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)) as connection:
        connection.request("GET", path, headers=server.headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"the server said {answer.status}: {answer.read(400)!r}")
        while piece := answer.read1(PIECE):
            first_s = first_s or time.monotonic() - begun
            rows, size = rows + piece.count(b"\n"), size + len(piece)
            resident = max(resident, _resident(server))
    seconds = time.monotonic() - begun
    return {"rows": rows, "bytes": size, "seconds": seconds, "first_s": first_s, "resident_mb": resident}


def _resident(server: Web) -> float:
    return sum(map(resident_mb, server.pids))
