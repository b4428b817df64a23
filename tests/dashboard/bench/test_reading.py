"""The table of the reading bench, and what it says of figures that are not met."""

import pytest

from dashboard.bench.reading import measure, misses, range_over, table


def answer(question: str, range_: str, p50: float, p95: float) -> dict[str, object]:
    parts = {"queries": 7, "sql_ms": 2.0, "python_ms": 3.0, "rendering_ms": 4.0}
    return {"question": question, "range": range_, "p50_ms": p50, "p95_ms": p95} | parts


FOUND = {
    "calls": 1_000, "days": 30.0, "rows": 43_200_000, "services": 20, "seconds": {"rows": 400.0, "rollups": 300.0},
    "bytes": {"outcomes": 100.0, "rollups": 8.5},
    "answers": [
        answer("page: overview", "-7d", 10, 20), answer("page: overview", "-30d", 12, 51.5),
        answer("series: everything", "-7d", 4, 5), answer("series: everything", "-30d", 9, 10),
    ],
}  # fmt: skip


def test_the_table_has_a_row_per_question_and_the_sizes() -> None:
    said = table(FOUND)
    assert "| page: overview | 10 / 20 | 12 / 51.5 | 7 | 1.2 |" in said
    assert "| series: everything | -30d | 2.0 | 3.0 | 4.0 |" in said
    assert "43,200,000 outcomes of 1,000 calls over 30 days" in said and "8.5%" in said


def test_every_figure_that_is_not_met_has_a_sentence() -> None:
    assert misses(FOUND) == [
        "page: overview over 30d: 51.5 ms at p95, not 50",
        "series: everything: 30 days take 2.2 times as long as 7, not 2",
    ]


def test_a_database_that_does_not_answer_is_a_sentence() -> None:
    with pytest.raises(RuntimeError, match=r"the bench's fill failed: .*refused"):
        measure("postgresql://nobody@127.0.0.1:1/none", days=0.01, calls=1, services=1, requests=1)


@pytest.mark.parametrize(("days", "range_"), [(0.02, "-1h"), (0.07, "-24h"), (6.9, "-7d"), (30, "-30d"), (69, "-30d")])
def test_the_range_over_a_history_holds_it_or_is_the_longest(days: float, range_: str) -> None:
    assert range_over(days) == range_
