"""One pass over a selection, per service or call."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import report
from apiclient.catalogue import Category, CodeClass, Failure, Verdict
from apiclient.report import auto_step
from apiclient.selection import Selection
from dashboard.pages.tally import MOST_SLICES, Tally, counted, tally, whole
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db


def selection_of(hours: float) -> Selection:
    now = timezone.now()
    return Selection(now - timedelta(hours=hours), now).whole(60)


def test_classes_categories_and_verdicts_are_counted_per_subject():
    call, quiet = make_call(), make_call()
    make_outcome(call, 404)
    make_outcome(call, None, Failure.DNS, due_at=timezone.now() - timedelta(minutes=9))
    found = tally(selection_of(1), "call", 60, [call.pk, quiet.pk])
    assert found[call.pk].classes == {CodeClass.CLIENT_ERROR: 1, CodeClass.NONE: 1}
    assert found[call.pk].categories == {Category.CLIENT_ERROR: 1, Category.NO_RESPONSE: 1}
    assert found[call.pk].verdicts == {Verdict.FAILED: 2}
    assert (found[quiet.pk].total, found[quiet.pk].p95_us, found[quiet.pk].failed_share) == (0, None, 0.0)


def test_only_answers_that_came_back_whole_have_a_latency():
    call = make_call()
    make_outcome(call, 200, total_us=10_000)
    make_outcome(call, None, Failure.TIMEOUT, due_at=timezone.now() - timedelta(minutes=9), total_us=9_000_000)
    assert tally(selection_of(1), "call", 60, [call.pk])[call.pk].latency_us[2] == pytest.approx(10_000, rel=0.03)


def test_a_slice_shows_its_worst_category_and_how_much_of_it_failed():
    call = make_call()
    moment = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    for second, code in enumerate((200, 200, 404, 500)):
        make_outcome(call, code, due_at=moment + timedelta(seconds=second))
    loud = [one for one in tally(selection_of(0.5), "call", 60, [call.pk])[call.pk].strip if one.key]
    assert [(one.key, one.share) for one in loud] == [("server_error", 0.5)]
    assert "1 server error, 1 client error, 2 success" in loud[0].words


@pytest.mark.parametrize("hours", [0.1, 1, 6, 7, 24, 24 * 7, 24 * 30, 24 * 365])
@pytest.mark.parametrize("subject", ["service", "call"])
def test_any_span_gives_a_strip_that_fits_and_counts_each_outcome_once(hours, subject):
    call = make_call()
    make_outcome(call, 200)
    key = call.pk if subject == "call" else call.service_id
    selection = selection_of(hours)
    found = tally(selection, subject, auto_step(selection), [key])[key]
    assert 1 <= len(found.strip) == len(found.began) <= MOST_SLICES + 1
    assert found.total == sum(map(sum, found.lines.values())) == len([one for one in found.strip if one.key]) == 1


def test_since_when_everything_failed_is_known_to_the_slice():
    call, mixed = make_call(), make_call()
    moment = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    for minute, codes in enumerate(((200, 200), (500, 200), (500, 500), (), (500, 500))):
        for second, code in enumerate(codes):
            make_outcome(call, code, due_at=moment + timedelta(minutes=minute, seconds=second))
    make_outcome(mixed, 500, due_at=moment)
    make_outcome(mixed, 200, due_at=moment + timedelta(minutes=5))
    found = tally(selection_of(0.5), "call", 60, [call.pk, mixed.pk])
    assert found[call.pk].all_failed_since == f"{moment + timedelta(minutes=2):%a %-d %b %H:%M}"
    assert found[mixed.pk].all_failed_since is None


def test_what_failed_all_the_range_did_so_before_it():
    one = Tally(lines={(404, None, Verdict.FAILED): [2, 0]}, began=["Sun 10:00", "Sun 11:00"])
    assert one.all_failed_since == "before Sun 10:00"
    assert Tally(began=["Sun 10:00", "Sun 11:00"]).all_failed_since is None


def test_cells_and_tallies_count_the_same():
    call = make_call()
    for code in (200, 404):
        make_outcome(call, code, due_at=timezone.now() - timedelta(minutes=code % 7 + 1))
    selection = selection_of(1)
    of_cells = counted(report.cells(selection, 60, histograms=True))
    of_call = tally(selection, "call", 60, [call.pk])[call.pk]
    assert (of_cells.answers, of_cells.histogram) == (of_call.answers, of_call.histogram)


def test_tallies_add_up():
    first, second = make_call(), make_call()
    make_outcome(first, 200)
    make_outcome(second, 500)
    total = whole(tally(selection_of(1), "call", 60, [first.pk, second.pk]).values())
    assert (total.total, total.failed_share) == (2, 0.5)
