"""The four figures and their change against the period before, proven against a recount of the outcomes."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import report, rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.histogram import bucket, encode
from apiclient.models import Due, Outcome
from apiclient.slot import first_slot, to_ms
from dashboard.pages.figures import compared, elapsed, figures, length_in_words
from dashboard.pages.tally import Tally, counted
from tests.address import read_address
from tests.builders import make_call, make_outcome


def tally_of(passed=0, failed=0, silent=0, us=0):
    answers = Counter({(200, None, 1): passed, (500, None, 3): failed, (None, 1, 3): silent})
    return Tally(answers=+answers, stored=[encode({bucket(us): passed + failed})] if us else [])


def words(now, then, part=1.0):
    return [(one.change.words, one.change.direction, one.change.judged) for one in compared(now, then, part)]


def test_shares_change_in_points_and_counts_and_times_in_percent():
    now, then = tally_of(80, 10, 10, us=20_000), tally_of(196, 4, us=10_000)
    assert words(now, then) == [
        ("−50.0 %", -1, ""),
        ("+18.0 points", 1, "worse"),
        ("+10.0 points", 1, "worse"),
        ("+100 %", 1, "worse"),
    ]
    assert [one[2] for one in words(then, now)] == ["", "better", "better", "better"]


def test_what_was_not_there_before_is_new_and_what_never_was_has_no_change():
    assert [word for word, *_ in words(tally_of(5, us=1000), Tally())] == ["new"] * 4
    assert [word for word, *_ in words(Tally(), tally_of(5, us=1000))] == ["–"] * 4
    assert [word for word, *_ in words(Tally(), Tally())] == ["–"] * 4


def test_the_same_again_is_unchanged_and_a_thousandfold_no_percentage():
    same = tally_of(5, 1, us=1000)
    assert words(same, same) == [("unchanged", 0, "")] * 4
    assert words(tally_of(5000), tally_of(5))[0] == ("× 1,000", 1, "")


def test_an_open_range_is_compared_by_what_came_while_it_lasted():
    assert words(tally_of(50), tally_of(100), part=0.5)[0][0] == "unchanged"


@pytest.mark.parametrize("length", ["20 min", "1 h", "24 h", "7 d", "30 d"])
@pytest.mark.django_db
def test_the_length_of_the_period_before_reads_as_the_range_does(length):
    since = "-" + length.replace(" ", "").replace("min", "m")
    number, unit = length_in_words(read_address("/", {"since": since})).split()
    assert unit == length.split()[1] and int(number) == pytest.approx(int(length.split()[0]), abs=1)


def recount(view, since, until):
    ids = {"id__gte": first_slot(to_ms(since)), "id__lt": first_slot(to_ms(until))}
    found = Outcome.objects.filter(view.selection.answers(), **ids)
    if view.selection.services:
        found = found.filter(call__service__in=view.selection.services)
    rows = list(found.values_list("status_code", "failure", "verdict", "total_us"))
    answers = Counter(row[:3] for row in rows)
    stored = [encode({bucket(us): 1}) for code, _, _, us in rows if code is not None]
    return Tally(answers=answers, stored=stored)


@pytest.fixture
def history(db):
    """Three days, in which more and more fails, and of two services one slower."""
    calls = [make_call(), make_call()]
    for hours in range(72):
        for n, call in enumerate(calls):
            due_at = timezone.now() - timedelta(hours=hours, minutes=7 + n)
            code, failure = (200, None) if hours % 5 != 3 else (500, None) if hours % 2 else (None, Failure.TIMEOUT)
            make_outcome(call, code, failure, due_at=due_at, total_us=5_000 * (n + 1) + 100 * hours, detailed=False)
    return calls


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("filters", [{}, {"code_class": "2xx"}, {"service": "1"}])
@pytest.mark.parametrize("since", ["-1h", "-6h", "-24h", "-30h"])
def test_figures_and_changes_are_those_of_a_recount(history, closed, filters, since):
    if closed:
        Due.objects.all().delete()  # or nothing could be closed
        rollup.close(now_ms())
    if "service" in filters:
        filters = {"service": str(history[0].service_id)}
    view = read_address("/", {"since": since} | filters)
    begin, end = view.selection.since, view.selection.until
    now, then = recount(view, begin, end), recount(view, begin - (end - begin), begin)
    assert then.total and now.total and then.verdicts[Verdict.PASSED]
    part = elapsed(view) / (view.selection.until_s - view.selection.since_s)
    shown = figures(view, counted(report.cells(view.selection, view.step_s, histograms=True)))
    assert shown == list(compared(now, then, part))
    assert figures(view, now) == shown  # the period before as it is remembered
