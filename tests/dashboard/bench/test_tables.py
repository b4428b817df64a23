"""A table is Markdown."""

from dashboard.bench.tables import markdown


def test_heads_a_rule_and_rows():
    assert markdown(["a", "b"], [["1", "2"], ["3", "4"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"
