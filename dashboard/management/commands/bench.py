"""Measure this machine, part by part, beside the bare libcurl loop."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.bench import export, growth, idle, load, push, reading, servers

POSTGRESQL = "postgresql://postgres@127.0.0.1"
REDIS = "redis://127.0.0.1:6379/9"
PARTS = (*load.RUNS, "push", "export", "idle", "reading", "growth")


class Command(BaseCommand):
    help = (
        "Measure this machine and print tables: throughput, https and hanging offer a load to real Celery workers "
        "beside the bare libcurl loop on the same target; push tells outcomes to the web server, one and a thousand a "
        "request; export reads a history (--rows, default a million) as CSV and NDJSON; idle is what `up` costs with "
        "little to do; reading fills a database with a long history of 1,000 calls and times pages and API answers "
        "(43 million outcomes: an hour); "
        "growth does both beside 1, 10 and 43 million outcomes, for 10 to 10,000 calls, and reckons a fleet (as long "
        "again; --rows 1000000: ten minutes). Loopback only; ends by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
        parser.add_argument("--seconds", type=_whole(), default=15, help="measured span of each run (default 15)")
        parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="only this one")
        parser.add_argument("--calls", type=_whole(), help="calls a second to offer (default: each part's own)")
        parser.add_argument("--days", type=_whole(), default=30, help="history that reading fills (default 30)")
        parser.add_argument(
            "--rows", type=_whole(growth.MILLION, 10**9), help="leave out longer histories of growth (default none)"
        )
        parser.add_argument("--plot", type=Path, metavar="FILE", help="where growth draws its SVG")
        parser.add_argument("--workers", type=_whole(), help="worker processes (default 1 on SQLite, else one a core)")
        parser.add_argument("--postgresql", default=POSTGRESQL, help=f"server without a database ({POSTGRESQL})")
        parser.add_argument("--redis", default=REDIS, help=f"broker, its queue is emptied ({REDIS})")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, parts: list[str], **options: Any) -> None:
        if unknown := [part for part in parts if part not in PARTS]:
            raise CommandError(f"{unknown[0]!r} is no part of the bench. Use any of {', '.join(PARTS)}.")
        if options["plot"]:
            _write(options["plot"], "a")
        found: dict[str, Any] = {"machine": servers.machine()}
        if not options["json"]:
            self.stdout.write(found["machine"])
        for part in parts or PARTS:
            try:
                found[part] = self._measure(part, options)
            except (servers.BenchError, RuntimeError) as error:
                raise CommandError(str(error)) from error
            if not options["json"]:
                self.stdout.write(f"\n{part}\n{_table(part, found[part])}")
        if options["json"]:
            self.stdout.write(json.dumps(found))
        if options["plot"] and "growth" in found:
            _write(options["plot"], "w", growth.drawn(found["growth"]))

    def _measure(self, part: str, options: dict[str, Any]) -> dict[str, Any]:
        self.stderr.write(f"{part} ...")
        if part == "idle":
            return idle.measure(options["seconds"] * 4)
        if part == "push":
            with servers.postgresql(options["postgresql"]) as address:
                return push.measure(address, options["seconds"])
        if part == "export":
            with servers.postgresql(options["postgresql"]) as address:
                return export.measure(address, options["rows"] or growth.MILLION)
        if part == "reading":
            with servers.postgresql(options["postgresql"]) as address:
                return reading.measure(address, days=options["days"])
        asked = load.Options(
            seconds=options["seconds"],
            postgresql=options["postgresql"],
            redis=options["redis"],
            calls=options["calls"],
            workers=options["workers"],
            databases=tuple(options["database"] or ("sqlite", "postgresql")),
            say=self.stderr.write,
        )
        return growth.measure(asked, growth.up_to(options["rows"])) if part == "growth" else load.measure(part, asked)


def _table(part: str, found: dict[str, Any]) -> str:
    tables = {
        "push": push.table,
        "export": export.table,
        "idle": idle.table,
        "reading": reading.table,
        "growth": growth.table,
    }
    return tables.get(part, load.table)(found)


def _write(path: Path, mode: str, text: str = "") -> None:
    try:
        with path.open(mode) as file:
            file.write(text)
    except OSError as error:
        raise CommandError(
            f"--plot: {path} cannot be written ({error.strerror}). Name a file in a folder of yours."
        ) from error


def _whole(least: int = 1, most: int = 100_000) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdigit() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"{text!r}: use a whole number from {least} to {most}")
        return int(text)

    return number
