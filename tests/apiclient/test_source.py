"""A span is read from the longest steps that fit it, every moment of it once."""

from datetime import datetime, timedelta

import pytest

from apiclient.models import Step
from apiclient.models.rollup import Closed
from apiclient.selection import Selection
from apiclient.slot import from_ms
from apiclient.source import RAW_SECONDS, has_minutes, has_quarters, one_look, scope_of, sources

DAY, HOUR = 86_400, 3_600
DAY_0 = 2_000 * DAY
CLOSED = DAY_0 + 20 * DAY + 13 * HOUR + 900
pytestmark = pytest.mark.django_db


def at(second: int) -> datetime:
    return from_ms(second * 1000)


def chosen(since_s: int, until_s: int, **words) -> Selection:
    return Selection(at(DAY_0 + since_s), at(DAY_0 + until_s), **words)


@pytest.fixture(autouse=True)
def closed():
    """Closed until a quarter past one on day 20; minutes from day 13 on, quarter hours of calls from day 18 on."""
    return Closed.objects.create(
        pk=1, until_s=CLOSED, minutes_from_s=DAY_0 + 13 * DAY, quarters_from_s=DAY_0 + 18 * DAY
    )


def read(selection, step_s, scope):
    """Steps in order, with how many of them are read."""
    found = sources(selection, step_s, scope)
    return [(one.step, (one.until_s - one.since_s) // (one.step or 60)) for one in found]


def test_a_month_in_one_step_is_days_and_what_is_left_of_them_at_both_ends():
    span = chosen(22 * HOUR + 45 * 60, 20 * DAY + 13 * HOUR + 20 * 60)
    assert read(span, None, "everything") == [
        (Step.QUARTER, 1), (Step.HOUR, 1), (Step.DAY, 19), (Step.SIX_HOURS, 2), (Step.HOUR, 1), (Step.QUARTER, 1),
        (Step.MINUTE, 5),
    ]  # fmt: skip


@pytest.mark.parametrize("scope", ["everything", "service", "call"])
@pytest.mark.parametrize("step_s", [None, 60, 120, 300, 900, 1800, 3600, 7200, 21_600, 64_800, 86_400])
@pytest.mark.parametrize(
    ("since_s", "until_s"),
    [(0, 21 * DAY), (7, 11), (12 * DAY + 61, 14 * DAY + 3601), (19 * DAY, 40 * DAY), (25 * DAY, 26 * DAY + 17)],
)
def test_no_gap_no_overlap_and_no_step_across_a_bar(scope, step_s, since_s, until_s):
    selection = chosen(since_s, until_s).whole(step_s or 60)
    found = sources(selection, step_s, scope)
    edges = [edge for source in found for edge in (source.since_s, source.until_s)]
    assert edges[0] == selection.since_s and edges[-1] == selection.until_s
    assert edges[1:-1:2] == edges[2::2] and edges == sorted(edges)
    for source in found:
        if source.step:
            assert (step_s or 0) % source.step == source.since_s % source.step == source.until_s % source.step == 0
            assert source.until_s <= CLOSED or source.step == Step.MINUTE


def test_what_is_not_kept_is_read_from_the_outcomes():
    old = chosen(12 * DAY, 12 * DAY + HOUR)
    assert read(old, 60, "everything") == [(None, 60)]
    assert read(old, 900, "service") == [(Step.QUARTER, 4)]
    assert read(old, 900, "call") == [(None, 60)]
    assert read(chosen(13 * DAY - HOUR, 13 * DAY + HOUR), 60, "everything") == [(None, 60), (Step.MINUTE, 60)]
    assert read(chosen(18 * DAY, 18 * DAY + HOUR), 900, "call") == [(Step.QUARTER, 4)]


def test_a_text_is_looked_for_in_the_outcomes():
    assert read(chosen(0, 20 * DAY, q="disk"), DAY, "everything") == [(None, 20 * 1440)]


def test_the_scope_tells_apart_what_is_named():
    assert scope_of(chosen(0, 1)) == "everything"
    assert scope_of(chosen(0, 1), "code_class") == "everything"
    assert scope_of(chosen(0, 1), "service") == scope_of(chosen(0, 1, services=frozenset({3}))) == "service"
    assert scope_of(chosen(0, 1), "call") == scope_of(chosen(0, 1, calls=frozenset({3})), "service") == "call"


def test_short_steps_are_to_be_had_where_they_are_kept_or_few_outcomes_stand_behind_them():
    old, long = 12 * DAY, RAW_SECONDS + 1
    assert not has_minutes(chosen(old, old + long))
    assert has_minutes(chosen(old, old + long - 1))
    assert has_minutes(chosen(13 * DAY, 20 * DAY))
    assert has_minutes(chosen(old, old + long, calls=frozenset(range(20))))
    assert not has_minutes(chosen(old, old + long, calls=frozenset(range(21))))
    assert has_quarters(chosen(18 * DAY, 19 * DAY)) and not has_quarters(chosen(18 * DAY - 1, 19 * DAY))


def test_before_anything_is_closed_minutes_and_outcomes_are_read(closed):
    closed.delete()
    span = chosen(0, 2 * DAY)
    assert read(span, None, "everything") == [(Step.MINUTE, 2880)] and read(span, None, "call") == [(None, 2880)]
    assert has_minutes(Selection(at(0), at(0) + timedelta(days=30)))


def test_inside_one_look_what_is_closed_is_looked_up_once(django_assert_num_queries):
    span = chosen(13 * DAY, 20 * DAY)
    with django_assert_num_queries(1), one_look():
        inside = sources(span, HOUR, "service")
        assert sources(span, HOUR, "service") == inside and has_minutes(span)
    with django_assert_num_queries(2):
        assert sources(span, HOUR, "service") == sources(span, HOUR, "service") == inside
