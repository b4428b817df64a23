"""Growth over calls and rows: measured for real with a small history, tabled, drawn, and reckoned up to a fleet."""

import os
from xml.etree import ElementTree

import pytest

from dashboard.bench import growth, servers, stage
from dashboard.bench.growth import MILLION, SIZES, Aim, Size, drawn, fleet, measure, table, up_to
from dashboard.bench.load import Options
from dashboard.management.commands.bench import POSTGRESQL
from tests.run import answers

REDIS = "redis://127.0.0.1:6379/11"


def row(rows: int, calls: int, per_second: int, ms: float) -> dict[str, object]:
    return {
        "size": {"rows": rows, "calls": calls}, "rows": rows + calls, "range": "-24h",
        "bytes": {"outcomes": 110.0, "details": 1.0, "rollups": 9.0},
        "offered_per_second": calls, "per_second": per_second, "per_worker_cpu_second": 5_000,
        "lag_ms": {"p50": 3, "p99": 40}, "p95_ms": dict.fromkeys(growth.QUESTIONS, ms),
    }  # fmt: skip


FOUND = {
    "sizes": [
        row(MILLION, 10, 10, 8), row(MILLION, 1_000, 1_000, 20), row(MILLION, 10_000, 8_000, 90.5),
        row(10 * MILLION, 1_000, 1_001, 25),
    ],
    "fleet": fleet(8_000, 120),
}  # fmt: skip


@pytest.mark.skipif(not (answers(5432) and answers(6379)), reason="PostgreSQL or redis does not answer")
def test_a_history_is_read_and_then_called_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "NAME", f"answerback_bench_{os.getpid()}")
    monkeypatch.setattr(growth, "REQUESTS", 2)
    for span, seconds in (("START_S", 4), ("WARM_UP_S", 1), ("SETTLE_S", 2)):
        monkeypatch.setattr(stage, span, seconds)
    said: list[str] = []
    found = measure(Options(2, POSTGRESQL, REDIS, workers=1, say=said.append), [Size(58, 2)])
    (one,) = found["sizes"]
    assert (one["rows"], one["range"]) in {(56, "-1h"), (58, "-1h"), (60, "-1h")}
    assert one["offered_per_second"] == 2 and one["sent"] == 4 and one["missed"] == 0
    assert all(time > 0 for time in one["p95_ms"].values()) and one["bytes"]["outcomes"] > 0
    assert said == ["58 outcomes of 2 calls, then as many calls a second for 2 s ..."]
    assert f"| {one['rows']} | 2 | 0.02 | 1h | 2 |" in table(found)


def test_the_sizes_are_those_of_the_issue_and_can_be_stopped_at() -> None:
    assert [(size.rows, size.calls) for size in up_to(MILLION)] == [(MILLION, 10**n) for n in (1, 2, 3, 4)]
    assert up_to(None) == list(SIZES) and SIZES[-1].days == 30


def test_the_table_has_a_row_per_size_and_the_arithmetic() -> None:
    said = table(FOUND)
    assert "| 1,010,000 | 10,000 | 0.069 | 24h | 10,000 | 8,000 | 5,000 | 40 ms | 90.5 ms |" in said
    assert "- to run: 166,667 outcomes/s, of which a machine such as this stores 8,000" in said
    assert "- to keep: 5.26 trillion outcomes of 120 bytes" in said and "are 630.7 TB, at 2 TB of disk" in said
    assert "- so 316 machines, by disk." in said


def test_a_fleet_is_what_runs_the_calls_or_what_keeps_their_outcomes() -> None:
    found = fleet(8_000, 120)
    assert (found["offered_per_second"], found["machines_to_run"]) == (166_667, 21)
    assert (found["terabytes"], found["machines_to_keep"]) == (630.7, 316)
    found = fleet(100, 100, Aim(calls_a_minute=600, locations=100, days=1, disk_tb=1))
    assert (found["machines_to_run"], found["terabytes"], found["machines_to_keep"]) == (10, 0.0, 1)


def test_the_plot_shows_pages_over_rows_and_throughput_over_calls() -> None:
    svg = ElementTree.fromstring(drawn(FOUND))  # noqa: S314  (our own text)
    said = {element.text for element in svg.iter() if element.tag.endswith("text")}
    assert {"overview", "service", "call", "stored/s", "offered/s"} <= said
    assert len([element for element in svg.iter() if element.tag.endswith("circle")]) == 3 * 2 + 2 * 3
