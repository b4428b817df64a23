"""Measure this machine: outcomes per second through real workers, beside libcurl alone."""

import json
import os
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.bench.limit import calls_per_second
from dashboard.bench.stage import Stage
from dashboard.broker import BrokerError, check

POSTGRESQL = "postgresql://postgres@127.0.0.1"
REDIS = "redis://127.0.0.1:6379/9"
NAME = "answerback_bench"
LOADS = {"sqlite": (1_500, 4_000), "postgresql": (4_000, 6_000, 10_000)}
"""Calls a second offered: what must be kept up with, what can just be, and more than can be."""


class Command(BaseCommand):
    help = (
        "Offer a load to real Celery workers and print what was stored: per second, per worker CPU-second, start lag, "
        "bytes per outcome; beside the bare libcurl loop on the same target. Loopback only; ends by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=_positive, default=10, help="measured span of each run (default 10)")
        parser.add_argument("--database", choices=LOADS, action="append", help="only this one (default: both)")
        parser.add_argument("--calls", type=_positive, help="calls a second to offer (default: a low and a high load)")
        parser.add_argument("--workers", type=_positive, help="worker processes (default 1 on SQLite, else one a core)")
        parser.add_argument("--postgresql", default=POSTGRESQL, help=f"server without a database ({POSTGRESQL})")
        parser.add_argument("--redis", default=REDIS, help=f"broker, its queue is emptied ({REDIS})")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        _need_broker(options["redis"])
        if "postgresql" in (options["database"] or LOADS):
            _need_postgresql(options["postgresql"])
        with _target() as url:
            limit, limit_cpu = calls_per_second(url, options["seconds"])
            rows = []
            for database in options["database"] or LOADS:
                for calls in [options["calls"]] if options["calls"] else LOADS[database]:
                    self._progress(f"{database}: {calls} calls a second for {options['seconds']:g} s ...")
                    try:
                        rows.append({"database": database} | self._measure(database, calls, url, options))
                    except RuntimeError as error:
                        raise CommandError(str(error)) from error
        found = {"machine": _machine(), "libcurl_per_second": round(limit), "libcurl_per_cpu_second": round(limit_cpu)}
        self.stdout.write(json.dumps(found | {"runs": rows}) if options["json"] else _table(found, rows))

    def _measure(self, database: str, calls: int, url: str, options: dict[str, Any]) -> dict[str, Any]:
        _empty_broker(options["redis"])
        workers = options["workers"] or (1 if database == "sqlite" else os.cpu_count() or 1)
        if database == "sqlite":
            return Stage("sqlite:///{folder}/bench.sqlite3", options["redis"], workers).run(
                url, calls, options["seconds"]
            )
        with _postgresql(options["postgresql"]) as address:
            return Stage(address, options["redis"], workers).run(url, calls, options["seconds"])

    def _progress(self, line: str) -> None:
        self.stderr.write(line)


def _positive(text: str) -> float:
    if not text.isdigit() or not 0 < int(text) <= 100_000:
        raise ArgumentTypeError(f"{text!r}: use a whole number from 1 to 100000")
    return int(text)


@contextmanager
def _target() -> Iterator[str]:
    command = (sys.executable, "-m", "dashboard.bench.target")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/"  # type: ignore[union-attr]
        finally:
            process.terminate()


@contextmanager
def _postgresql(server: str) -> Iterator[str]:
    """A fresh database on the server, dropped afterwards."""
    try:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME}")
            yield f"{server}/{NAME}"
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    except psycopg.OperationalError as error:
        raise CommandError(f"--postgresql: {server} does not answer or refuses: {str(error).strip()}") from error


def _need_postgresql(server: str) -> None:
    """Before a minute is spent on the rest."""
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=5).close()
    except (psycopg.Error, ValueError) as error:
        raise CommandError(
            f"--postgresql: the server does not answer or refuses ({' '.join(str(error).split())}). "
            "Start it, name another, or use --database sqlite."
        ) from error


def _need_broker(url: str) -> None:
    try:
        check(url)
    except BrokerError as error:
        raise CommandError(f"--redis: {error}") from error


def _empty_broker(url: str) -> None:
    """Messages of the run before would ring for batches that are not there."""
    from kombu import Connection

    with Connection(url) as connection:
        connection.SimpleQueue("answerback").clear()


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    return f"{os.cpu_count()} x {model}, Python {sys.version.split()[0]}"


def _table(found: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    heads = ["database", "offered/s", "stored/s", "per worker CPU-s", "of libcurl"]
    heads += ["lag p50", "lag p99", "bytes per outcome", "RSS"]
    body = [
        (
            row["database"],
            str(row["offered_per_second"]),
            str(row["per_second"]),
            str(row["per_worker_cpu_second"]),
            f"{row['per_second'] / found['libcurl_per_second']:.2f}",
            f"{row['lag_ms']['0.5']} ms",
            f"{row['lag_ms']['0.99']} ms",
            f"{row['bytes_per_outcome']['outcomes']:g}",
            f"{row['worker_rss_mb']} MB",
        )
        for row in rows
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *body)]
    limit = f"libcurl alone: {found['libcurl_per_second']}/s, {found['libcurl_per_cpu_second']} per CPU-second"
    return "\n".join((found["machine"], limit, *lines))
