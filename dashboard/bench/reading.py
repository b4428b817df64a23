"""How long pages and API answers take over a long history: whole requests in a warm process, on PostgreSQL."""

import os
import tempfile
from collections.abc import Sequence
from typing import Any

from dashboard.bench.stage import inside
from dashboard.bench.tables import markdown

RANGES = ("-1h", "-24h", "-7d", "-30d")
REQUESTS = 40
LIMIT_MS, LIMIT_GROWTH = 50, 2
"""What an answer may take at p95, and how much longer 30 days may take than 7."""


def measure(
    database_url: str,
    *,
    days: float = 30,
    calls: int = 1_000,
    services: int = 20,
    requests: int = REQUESTS,
    ranges: Sequence[str] = (),
) -> dict[str, Any]:
    """Fill this empty PostgreSQL database and read it: rows, seconds spent, bytes, and a row per question and range.

    The ranges are all that are not longer than the history where none is given. RuntimeError with the last line of what
    went wrong.
    """
    ranges = ranges or [one for one in RANGES if _days_of(one) <= days]
    with tempfile.TemporaryDirectory(prefix="answerback-bench-") as folder:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "ANSWERBACK_VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        filled = inside(environment, "fill", services, calls, days)
        return filled | inside(environment, "read", requests, *ranges)


def range_over(days: float) -> str:
    """The shortest range that holds a history of so many days, else the longest."""
    return next((one for one in RANGES if _days_of(one) >= days), RANGES[-1])


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown: times of every answer, where the time of each page goes, sizes, and what is missed."""
    ranges = list(dict.fromkeys(row["range"] for row in found["answers"]))
    size = found["bytes"]
    lines = [
        markdown(
            ["p50 / p95 in ms", *ranges, "queries", "30 d / 7 d"],
            [_times(rows, ranges) for rows in _by_question(found["answers"])],
        ),
        "",
        markdown(["ms of the mean", "range", "SQL", "Python", "rendering"], _shares(found["answers"])),
        "",
        f"{found['rows']:,} outcomes of {found['calls']:,} calls over {found['days']:g} days, written in "
        f"{found['seconds']['rows']:.0f} s, rolled up in {found['seconds']['rollups']:.0f} s.",
        f"Bytes per outcome: {size['outcomes']} with indexes; {size['rollups']} of rollups, "
        f"{size['rollups'] / size['outcomes']:.1%} of that.",
    ]
    return "\n".join((*lines, *misses(found)))


def misses(found: dict[str, Any]) -> list[str]:
    """A sentence for every figure that is not met."""
    said = [
        f"{row['question']} over {row['range'][1:]}: {row['p95_ms']} ms at p95, not {LIMIT_MS}"
        for row in found["answers"]
        if row["p95_ms"] > LIMIT_MS
    ]
    for rows in _by_question(found["answers"]):
        ratio = _ratio(rows)
        if ratio is not None and ratio > LIMIT_GROWTH:
            said.append(f"{rows[0]['question']}: 30 days take {ratio:.1f} times as long as 7, not {LIMIT_GROWTH}")
    return said


def _by_question(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    questions = dict.fromkeys(row["question"] for row in rows)
    return [[row for row in rows if row["question"] == question] for question in questions]


def _times(rows: list[dict[str, Any]], ranges: Sequence[str]) -> list[str]:
    by_range = {row["range"]: row for row in rows}
    cells = [f"{by_range[one]['p50_ms']} / {by_range[one]['p95_ms']}" for one in ranges]
    ratio = _ratio(rows)
    return [rows[0]["question"], *cells, str(max(row["queries"] for row in rows)), f"{ratio:.1f}" if ratio else "–"]


def _ratio(rows: list[dict[str, Any]]) -> float | None:
    p50 = {row["range"]: row["p50_ms"] for row in rows}
    return p50["-30d"] / p50["-7d"] if "-30d" in p50 and p50.get("-7d") else None


def _shares(rows: list[dict[str, Any]]) -> list[list[str]]:
    longest = [group[-1] for group in _by_question(rows)]
    return [[row["question"], row["range"], *(f"{row[f'{part}_ms']}" for part in PARTS)] for row in longest]


PARTS = ("sql", "python", "rendering")


def _days_of(range_: str) -> float:
    return int(range_[1:-1]) / (24 if range_[-1] == "h" else 1)
