"""The table of the push bench and what it misses; and one short run on a real server."""

import os

import pytest

from dashboard.bench.push import SHAPES, measure, misses, table
from tests.installation import postgresql_database

DATABASE = os.environ.get("DATABASE_URL", "")
ROW = {"connections": 8, "p50_ms": 4.2, "p99_ms": 9.9, "web_us_per_outcome": 410, "stored": 15_000}
FOUND = {
    "shapes": [
        ROW | {"size": 1, "per_second": 1_499, "wanted": 1_500},
        ROW | {"size": 1_000, "per_second": 24_000, "wanted": 20_000},
    ],
    "resident_mb": 120,
    "differences": 0,
}


def test_the_table_has_a_row_for_each_shape_and_a_sentence_for_what_is_not_met() -> None:
    said = table(FOUND)
    assert "| 1,000 | 8 | 24,000 | 4.2 / 9.9 | 410 µs |" in said
    assert misses(FOUND) == ["1 a request: 1,499 outcomes a second, not 1,500"]
    assert said.endswith(misses(FOUND)[0])


@pytest.mark.flow
@pytest.mark.skipif(not DATABASE.startswith("postgres"), reason="measures PostgreSQL")
def test_what_is_told_is_stored_and_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.bench.push.WARM_UP_S", 0.2)
    with postgresql_database(DATABASE) as database:
        found = measure(database, 0.5)
    assert [row["size"] for row in found["shapes"]] == list(SHAPES)
    assert all(row["stored"] > 0 for row in found["shapes"])
    assert found["differences"] == 0
