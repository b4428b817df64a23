"""A length of time on a shared scale: in its place, and never too thin to see."""

from dashboard.charts import span


def test_a_bar_stands_where_its_time_does():
    assert 'x="50%"' in span(500, 250, 1_000, "Read it: 250 ms") and 'width="25%"' in span(500, 250, 1_000, "x")


def test_nothing_is_too_thin_and_nothing_divides_by_zero():
    assert 'width="0.8%"' in span(0, 0, 0, "x")


def test_names_are_escaped():
    assert "<b>" not in span(0, 1, 1, "<b>")
