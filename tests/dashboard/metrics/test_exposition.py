"""The text format, as Prometheus's own parser reads it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard.metrics.exposition import Family, labels, number, text

HOSTILE = 'quote " backslash \\ newline \n brace } comma , = end'


def test_whatever_a_label_holds_is_read_back():
    written = text([Family("answerback_x", "gauge", "About.", [(labels(a=HOSTILE, b=""), 1.5)])])
    (family,) = text_string_to_metric_families(written)
    assert (family.name, family.type, family.documentation) == ("answerback_x", "gauge", "About.")
    (sample,) = family.samples
    assert (sample.labels, sample.value) == ({"a": HOSTILE, "b": ""}, 1.5)


def test_a_histogram_is_read_back_whole():
    samples = [('_bucket{le="1"}', 2), ('_bucket{le="+Inf"}', 3), ("_sum", 4.5), ("_count", 3)]
    (family,) = text_string_to_metric_families(text([Family("x_seconds", "histogram", "About.", samples)]))
    assert family.type == "histogram"
    assert [sample.name for sample in family.samples] == [
        "x_seconds_bucket", "x_seconds_bucket", "x_seconds_sum", "x_seconds_count",
    ]  # fmt: skip


def test_what_has_no_sample_is_left_out():
    assert text([Family("x", "gauge", "About.", [])]) == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (True, "1"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1e-6, "1e-06"),
        (12_345_678_901.0, "12345678901"),
        (-1.5, "-1.5"),
    ],
)
def test_numbers_are_written_without_loss(value, written):
    assert number(value) == written
