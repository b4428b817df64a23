"""Moments that checks name and answers tell."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apiclient import moment

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("now", NOW),
        ("30d", NOW + timedelta(days=30)),
        ("-1h", NOW - timedelta(hours=1)),
        ("+15m", NOW + timedelta(minutes=15)),
        (" 2 w ", NOW + timedelta(weeks=2)),
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T10:00:00+02:00", datetime(2027, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_a_check_names_a_moment(text, wanted):
    assert moment.named(text, NOW) == wanted


@pytest.mark.parametrize("text", ["", "soon", "30", "1y", "999999w", "2027-13-01"])
def test_what_names_none_is_told_what_does(text):
    with pytest.raises(ValueError, match="such as 30d"):
        moment.named(text, NOW)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24T12:00:00Z",
        "2026-11-24 12:00:00",
        "Tue, 24 Nov 2026 12:00:00 GMT",
        1795521600,
        1795521600000,
        "1795521600000",
        1795521600.0,
    ],
)
def test_an_answer_tells_a_moment(value):
    assert moment.told(value) == NOW


@pytest.mark.parametrize("value", [None, True, "", "soon", "82", [], {}, 10**400, float("nan"), float("inf"), "9" * 30])
def test_an_answer_that_tells_none(value):
    assert moment.told(value) is None


@given(st.text(max_size=70) | st.floats() | st.integers())
def test_any_value_is_read(value):
    assert moment.told(value) is None or moment.told(value).tzinfo is not None
