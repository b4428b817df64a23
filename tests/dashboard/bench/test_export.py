"""The table of the export bench, and what it misses."""

from dashboard.bench.export import misses, table

ROW = {"per_second": 66_499, "mb_per_second": 11.8, "first_ms": 31.8, "web_us_per_row": 13.8}
FOUND = {
    "rows": 1_001_000,
    "kinds": [ROW | {"kind": "csv", "grew_mb": 3.5}, ROW | {"kind": "ndjson", "grew_mb": 100.0}],
}


def test_the_table_has_a_row_for_each_kind_and_a_sentence_for_what_is_not_met() -> None:
    said = table(FOUND)
    assert "| csv | 66,499 | 11.8 | 31.8 | 13.8 µs | 3.5 MB |" in said
    assert "1,001,000 outcomes" in said
    assert misses(FOUND) == ["ndjson: the server grew by 100.0 MB, more than 32"]
