"""Badges, durations, counts and times, as they are read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure, Verdict
from dashboard.templatetags import dashboard as tags


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (None, "–"), (0, "0 µs"), (999, "999 µs"), (1000, "1 ms"), (12_345, "12.3 ms"), (99_949, "99.9 ms"),
        (123_456, "123 ms"), (999_949, "1000 ms"), (1_234_567, "1.23 s"), (10_000_000, "10 s"),
        (125_000_000, "2 min 5 s"),
    ],
)  # fmt: skip
def test_durations_keep_three_digits(us, words):
    assert tags.duration(us) == words


def test_milliseconds_are_shown_as_durations_are():
    assert (tags.milliseconds(12.3456), tags.milliseconds(None)) == ("12.3 ms", "–")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (60, "1 min"), (5400, "1 h 30 min"), (93_784, "1 d 2 h"), (None, "–")]
)
def test_spans_name_their_two_largest_units(seconds, words):
    assert tags.span(seconds) == words


def test_counts_are_parted_by_thin_spaces():
    assert (tags.count(1_234_567), tags.count(None)) == ("1\u202f234\u202f567", "–")


@pytest.mark.parametrize(
    ("part", "words"),
    [(0, "0 %"), (0.00001, "< 0.1 %"), (0.1234, "12.3 %"), (0.99999, "99.9 %"), (1, "100 %"), (None, "–")],
)
def test_a_share_never_hides_a_little_nor_claims_all(part, words):
    assert tags.share(part) == words


@pytest.mark.parametrize(
    ("octets", "words"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 20, "3 MiB"), (None, "–")]
)
def test_sizes_are_binary(octets, words):
    assert tags.size(octets) == words


def test_times_are_relative_with_utc_on_hover():
    now = timezone.now()
    assert ">4 min ago<" in tags.ago(now - timedelta(minutes=4, seconds=1))
    assert ">in 59 s<" in tags.ago(now + timedelta(seconds=59, milliseconds=900))
    assert f'title="{now:%Y-%m-%d %H:%M:%S} UTC"' in tags.ago(now)
    assert tags.ago(None) == "never"


def test_what_should_have_begun_is_overdue():
    now = timezone.now()
    assert "overdue by 2 min" in tags.ahead(now - timedelta(minutes=2, seconds=1))
    assert "overdue" not in tags.ahead(now + timedelta(minutes=2)) + tags.ahead(None)


def test_badges_say_the_code_or_the_failure():
    assert 'class="badge k-4xx"' in tags.code_badge(404) and ">404<" in tags.code_badge(404)
    assert 'class="badge k-5xx"' in tags.code_badge(700)
    assert ">Name not resolved<" in tags.code_badge(None, Failure.DNS)


def test_verdicts_differ_by_sign_as_well_as_by_colour():
    assert len({tags.VERDICT_SIGNS[verdict] for verdict in Verdict}) == len(Verdict)
    assert "v-degraded" in tags.verdict_badge(Verdict.DEGRADED) and "Degraded" in tags.verdict_badge(Verdict.DEGRADED)


def test_text_from_outside_is_made_visible():
    assert tags.visible(b"ok\xff\x00\r\n\ttab") == "ok\ufffd⟨U+0000⟩\n\ttab"
    assert tags.visible("a\u202eb\u200bc") == "a⟨U+202E⟩b⟨U+200B⟩c"
    assert tags.visible("مرحبا 🚀") == "مرحبا 🚀"
    assert len(tags.visible("x" * 1_000_000)) == tags.LONGEST_SHOWN


def test_addresses_are_shown_without_their_secrets():
    assert tags.address("https://u:p@x.example/?token=planted\u202e") == "https://•••@x.example/?token=•••"


def test_rates_are_in_the_unit_that_leaves_a_number_to_read():
    assert [tags.rate(one) for one in (0, 2 / 86_400, 1 / 3600, 0.9 / 60, 1 / 60, 5, 12, 2500)] == [
        "–", "2/d", "1/h", "54/h", "1/min", f"{300}/min", "12/s", "2\u202f500/s",
    ]  # fmt: skip
