"""How throughput and page times grow with calls and rows, and what a fleet of such machines would come to."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from dashboard.bench import reading, servers
from dashboard.bench.load import Options
from dashboard.bench.plot import Line, plot, stacked
from dashboard.bench.stage import Load, Stage
from dashboard.bench.tables import markdown

REQUESTS = 15
MILLION = 1_000_000
CALLS = 1_000
"""Of the sizes that grow by rows."""
QUESTIONS = {
    "overview": "page: overview",
    "service": "page: service",
    "call": "page: call",
    "series": "series: everything",
    "latency": "latency: everything",
}


@dataclass(frozen=True, slots=True)
class Size:
    """``rows`` are the outcomes of a history of so many calls, each called once a minute."""

    rows: int
    calls: int

    @property
    def days(self) -> float:
        return self.rows / self.calls / 1440

    @property
    def label(self) -> str:
        return f"{self.rows:,} outcomes of {self.calls:,} calls"


SIZES = (
    *(Size(MILLION, calls) for calls in (10, 100, CALLS, 10_000)),
    Size(10 * MILLION, CALLS),
    Size(43_200_000, CALLS),
)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a fleet has to do, and the disk that one machine of it has."""

    calls_a_minute: int = 1_000_000
    locations: int = 10
    days: int = 365
    disk_tb: float = 2.0


INTERNET = Aim()


def up_to(rows: int | None) -> list[Size]:
    """The sizes of at most so many rows."""
    return [size for size in SIZES if rows is None or size.rows <= rows]


def measure(options: Options, sizes: Sequence[Size] = SIZES) -> dict[str, Any]:
    """A row per size, each in a database of its own, and the fleet. RuntimeError and BenchError in one line."""
    with servers.target() as url:
        rows = [_measured(size, url, options) for size in sizes]
    largest = max(rows, key=lambda row: row["size"]["rows"])
    best = max(row["per_second"] for row in rows)
    return {"sizes": rows, "fleet": fleet(best, sum(largest["bytes"].values()))}


def fleet(per_second: float, bytes_per_outcome: float, aim: Aim = INTERNET) -> dict[str, float]:
    """The machines that the aim needs, each storing so many outcomes a second. Pure."""
    offered = aim.calls_a_minute * aim.locations / 60
    terabytes = offered * 86_400 * aim.days * bytes_per_outcome / 1e12
    return asdict(aim) | {
        "per_second": per_second,
        "bytes_per_outcome": round(bytes_per_outcome, 1),
        "offered_per_second": round(offered),
        "terabytes": round(terabytes, 1),
        "machines_to_run": ceil(offered / per_second),
        "machines_to_keep": ceil(terabytes / aim.disk_tb),
    }


def table(found: dict[str, Any]) -> str:
    """The rows as Markdown, and the arithmetic of the fleet in sentences."""
    heads = ["outcomes", "calls", "days", "range", "offered/s", "stored/s", "per worker CPU-s", "start lag p99"]
    heads += [f"{name} p95" for name in QUESTIONS]
    return "\n".join([markdown(heads, map(_cells, found["sizes"])), "", *_sentences(found["fleet"])])


def drawn(found: dict[str, Any]) -> str:
    """One SVG: page times over rows, and throughput over calls. ValueError where no size has 1,000 calls."""
    grown = [row for row in found["sizes"] if row["size"]["calls"] == CALLS]
    pages = [
        Line(page, [(row["rows"], row["p95_ms"][page]) for row in grown]) for page in ("overview", "service", "call")
    ]
    least = min(row["size"]["rows"] for row in found["sizes"])
    loads = [row for row in found["sizes"] if row["size"]["rows"] == least]
    rates = [
        Line(name, [(row["size"]["calls"], row[figure]) for row in loads])
        for name, figure in (("offered/s", "offered_per_second"), ("stored/s", "per_second"))
    ]
    return stacked(
        plot(f"Pages over the whole history, {CALLS:,} calls", "stored outcomes", "ms at p95", pages),
        plot(f"Throughput beside {least:,} stored outcomes", "calls, each once a second", "outcomes/s", rates),
    )


def _measured(size: Size, url: str, options: Options) -> dict[str, Any]:
    options.say(f"{size.label}, then as many calls a second for {options.seconds:g} s ...")
    servers.empty_broker(options.redis)
    with servers.postgresql(options.postgresql) as address:
        read = reading.measure(
            address,
            days=size.days,
            calls=size.calls,
            services=max(1, size.calls // 50),
            requests=REQUESTS,
            ranges=[reading.range_over(size.days)],
        )
        stage = Stage(address, options.redis, options.workers or os.cpu_count() or 1, filled=True)
        ran = stage.run(Load(url, size.calls), options.seconds)
    times = {answer["question"]: answer["p95_ms"] for answer in read["answers"]}
    return ran | {
        "size": asdict(size),
        "rows": read["rows"],
        "bytes": read["bytes"],
        "range": read["answers"][0]["range"],
        "p95_ms": {name: times[question] for name, question in QUESTIONS.items()},
    }


def _cells(row: dict[str, Any]) -> list[str]:
    size, cost = Size(**row["size"]), row["per_worker_cpu_second"]
    return [
        f"{row['rows']:,}",
        f"{size.calls:,}",
        f"{size.days:.2g}",
        row["range"][1:],
        f"{row['offered_per_second']:,}",
        f"{row['per_second']:,}",
        "–" if cost is None else f"{cost:,}",
        f"{row['lag_ms']['p99']} ms",
        *(f"{time:g} ms" for time in row["p95_ms"].values()),
    ]


def _sentences(found: dict[str, float]) -> list[str]:
    outcomes = found["offered_per_second"] * 86_400 * found["days"]
    to_run, to_keep = found["machines_to_run"], found["machines_to_keep"]
    return [
        f"A fleet for {found['calls_a_minute']:,} calls a minute in {found['locations']} locations with "
        f"{found['days']} days of history:",
        f"- to run: {found['offered_per_second']:,} outcomes/s, of which a machine such as this stores "
        f"{found['per_second']:,} (the most in the table): {to_run:,} machines;",
        f"- to keep: {outcomes / 1e12:.3g} trillion outcomes of {found['bytes_per_outcome']:g} bytes "
        f"with indexes, texts and rollups (as in the largest history) are {found['terabytes']:,} TB, "
        f"at {found['disk_tb']:g} TB of disk a machine: {to_keep:,} machines;",
        f"- so {max(to_run, to_keep):,} machines, by {'disk' if to_keep > to_run else 'throughput'}.",
        "Assumed: each machine is an installation of its own with database, broker, workers and a share of the calls; "
        "the called servers cost it what the bench's target does; every outcome is kept, none twice; nothing is spare.",
    ]
