"""Lengths of time as people write them."""

import pytest
from django.core.exceptions import ValidationError

from dashboard.forms.fields import SpanField

SECONDS = SpanField(unit="s", least=1, most=2_592_000)
MILLISECONDS = SpanField(unit="ms", least=100, most=120_000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60),
        ("60 s", 60),
        ("1 min", 60),
        ("1m", 60),
        ("5 minutes", 300),
        ("1 h 30 min", 5400),
        ("1h30m", 5400),
        ("1.5 h", 5400),
        ("1,5 h", 5400),
        ("2 Days", 172_800),
        (" 90 sec ", 90),
        ("2000 ms", 2),
    ],
)
def test_it_is_read(text, seconds):
    assert SECONDS.clean(text) == seconds


@pytest.mark.parametrize("text", ["x", "5 bananas", "-5", "5 min x", "1..5", "١٢", "s", "9" * 13, "5 min,", "0x10"])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValidationError):
        SECONDS.clean(text)


@pytest.mark.parametrize(("text", "says"), [("0", "1 s to 30 d"), ("31 d", "1 s to 30 d"), ("500 ms", "whole seconds")])
def test_what_is_outside_is_told_the_limits(text, says):
    with pytest.raises(ValidationError, match=says):
        SECONDS.clean(text)


@pytest.mark.parametrize(
    ("number", "words"), [(60, "1 min"), (5400, "1 h 30 min"), (90_061, "1 d 1 h 1 min 1 s"), (1, "1 s"), (0, "0 s")]
)
def test_it_is_written_without_loss(number, words):
    assert SECONDS.prepare_value(number) == words


@pytest.mark.parametrize("number", [100, 800, 1500, 2500, 10_000, 119_999])
def test_what_is_written_is_read_back(number):
    assert MILLISECONDS.clean(MILLISECONDS.prepare_value(number)) == number


def test_blank_is_none():
    assert SpanField(unit="s", least=1, most=2, required=False).clean(" ") is None
