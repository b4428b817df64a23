"""The parts of the bench that offer a load: throughput, https, hanging. Each run beside the bare libcurl loop."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.bench import servers
from dashboard.bench.limit import calls_per_second
from dashboard.bench.stage import Load, Stage
from dashboard.bench.tables import markdown

Run = tuple[str, int, int]
"""Database, calls a second, how many of a hundred hang."""


@dataclass(frozen=True, slots=True)
class Options:
    """``seconds`` is the measured span of each run; ``calls`` and ``workers`` are None where the part decides."""

    seconds: float
    postgresql: str
    redis: str
    calls: int | None = None
    workers: int | None = None
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    say: Callable[[str], None] = print


RUNS: dict[str, tuple[Run, ...]] = {
    "throughput": (
        ("sqlite", 4_000, 0),
        ("postgresql", 8_000, 0),
        ("postgresql", 10_000, 0),
    ),
    "https": (("postgresql", 2_000, 0),),
    "hanging": (("postgresql", 4_000, 10), ("postgresql", 4_000, 20)),
}


def measure(part: str, options: Options) -> dict[str, Any]:
    """What each run of a part stored, and what libcurl alone does on the same target."""
    _require(part, options)
    with servers.target(tls=part == "https") as url:
        limit, limit_cpu = calls_per_second(url + "x", options.seconds)
        rows = [_run(run, url, options) for run in _chosen(part, options)]
    return {"libcurl_per_second": round(limit), "libcurl_per_cpu_second": round(limit_cpu), "runs": rows}


def _require(part: str, options: Options) -> None:
    """BenchError before anything is started where a server does not answer."""
    servers.empty_broker(options.redis)
    if any(database == "postgresql" for database, *_ in _chosen(part, options)):
        with servers.postgresql(options.postgresql):
            pass


def table(found: dict[str, Any]) -> str:
    heads = ["database", "workers", "offered/s", "hanging", "stored/s", "of libcurl", "per worker CPU-s"]
    heads += ["start lag p50", "p99", "readable p99", "missed", "bytes per outcome", "RSS"]
    limit = f"libcurl alone: {found['libcurl_per_second']}/s, {found['libcurl_per_cpu_second']} per CPU-second"
    return f"{limit}\n{markdown(heads, [_cells(row, found) for row in found['runs']])}"


def _chosen(part: str, options: Options) -> list[Run]:
    runs = [(database, options.calls or calls, hanging) for database, calls, hanging in RUNS[part]]
    return [run for run in dict.fromkeys(runs) if run[0] in options.databases]


def _run(run: Run, url: str, options: Options) -> dict[str, Any]:
    database, calls, hanging = run
    options.say(f"{database}: {calls} calls a second, {hanging} % of them hanging, for {options.seconds:g} s ...")
    servers.empty_broker(options.redis)
    load, workers = Load(url, calls, hanging), options.workers
    if database == "sqlite":
        stage = Stage("sqlite:///{folder}/bench.sqlite3", options.redis, workers or 1)
        found = stage.run(load, options.seconds)
    else:
        with servers.postgresql(options.postgresql) as address:
            found = Stage(address, options.redis, workers or os.cpu_count() or 1).run(load, options.seconds)
    return {"database": database, "hanging": hanging} | found


def _cells(row: dict[str, Any], found: dict[str, Any]) -> list[str]:
    readable = row.get("readable_ms", {}).get("p99")
    return [
        row["database"],
        str(row["workers"]),
        f"{row['offered_per_second']:,}",
        f"{row['hanging']} %",
        f"{row['per_second']:,}",
        f"{row['per_second'] / found['libcurl_per_second']:.2f}",
        f"{row['per_worker_cpu_second']:,}",
        f"{row['lag_ms']['p50']} ms",
        f"{row['lag_ms']['p99']} ms",
        "–" if readable is None else f"{readable} ms",
        f"{row['missed']:,}",
        f"{row['bytes_per_outcome']['outcomes']:g}",
        f"{row['worker_rss_mb']} MB",
    ]
