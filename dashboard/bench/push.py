"""How many outcomes other programs can tell a second: one a request, and a thousand a request."""

import json
import os
import subprocess
import sys
from typing import Any

from dashboard.bench.stage import cpu_seconds, inside, resident_mb
from dashboard.bench.tables import markdown
from dashboard.bench.web import Web, web

CALLS = 1_000
WARM_UP_S = 3.0
SHAPES = {1: (32, 1_500), 1_000: (2, 20_000)}
"""Outcomes a request: how many connections tell them, and how many are wanted a second."""


def measure(database_url: str, seconds: float) -> dict[str, Any]:
    """Figures of each shape, and what `verify` says afterwards.

    As many web processes as cores, which database and client use too.
    """
    with web(database_url, os.cpu_count() or 1) as server:
        calls = inside(server.environment, "on_demand", CALLS)["calls"]
        token = inside(server.environment, "push_token")
        shapes = []
        for size, (connections, wanted) in SHAPES.items():
            _tell(server, token, size, connections, WARM_UP_S, calls)
            used = cpu_seconds(server.pids)
            found = _tell(server, token, size, connections, seconds, calls)
            used = cpu_seconds(server.pids) - used
            own = {"size": size, "connections": connections, "wanted": wanted}
            shapes.append(own | found | {"web_us_per_outcome": round(used / found["stored"] * 1e6)})
        return {
            "shapes": shapes,
            "resident_mb": round(sum(map(resident_mb, server.pids))),
            "differences": inside(server.environment, "differences")["differences"],
        }


def table(found: dict[str, Any]) -> str:
    heads = ["outcomes a request", "connections", "stored a second", "p50 / p99 in ms", "web CPU an outcome"]
    rows = [
        [
            f"{row['size']:,}", str(row["connections"]), f"{row['per_second']:,}",
            f"{row['p50_ms']} / {row['p99_ms']}", f"{row['web_us_per_outcome']:,} µs",
        ]
        for row in found["shapes"]
    ]  # fmt: skip
    after = (
        f"The web server took {found['resident_mb']} MB; verify found {found['differences']} differences afterwards."
    )
    return "\n".join((markdown(heads, rows), "", after, *misses(found)))


def misses(found: dict[str, Any]) -> list[str]:
    """A sentence for every figure that is not met."""
    said = [
        f"{row['size']:,} a request: {row['per_second']:,} outcomes a second, not {row['wanted']:,}"
        for row in found["shapes"]
        if row["per_second"] < row["wanted"]
    ]
    return said + (["verify found differences"] if found["differences"] else [])


def _tell(
    server: Web, token: dict[str, str], size: int, connections: int, seconds: float, calls: list[int]
) -> dict[str, Any]:
    command = (sys.executable, "-m", "dashboard.bench.telling", *map(str, (server.port, size, connections, seconds)))
    given = json.dumps({"headers": token | {"Content-Type": "application/json"}, "calls": calls})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"the bench's client failed: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
