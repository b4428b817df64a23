"""Codes and failures over time, put together in slices."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure
from apiclient.report import Cell
from dashboard.pages.answers import MOST_LINES, answers_of
from tests.address import read_address

pytestmark = pytest.mark.django_db


def view_of(since="-1h"):
    return read_address("/", {"since": since})


def cells_of(view, *counts):
    """(step of the view, code, failure, number)."""
    first = view.selection.since_s // view.step_s
    return [Cell(first + step, None, code, failure, 1, number) for step, code, failure, number in counts]


def test_cells_of_one_slice_are_added_up_and_lines_stand_in_the_order_of_the_table():
    view = view_of()
    dns = int(Failure.DNS)
    cells = cells_of(view, (0, 500, None, 1), (0, None, dns, 2), (1, 500, None, 4), (9, 204, None, 3))
    found = answers_of(view, cells, 120)
    assert [(line.status_code, line.failure, line.count) for line in found.lines] == [
        (204, None, 3),
        (500, None, 5),
        (None, dns, 2),
    ]
    assert [line.share for line in found.lines] == [0.3, 0.5, 0.2]
    assert sum(found.series.groups[1].counts[:2]) == 5 and found.series.total == 10
    assert sum(found.totals) == 10 and len(found.totals) == len(found.series.times)
    assert found.series.times[0] <= view.selection.since and found.series.until >= view.selection.until


def test_the_rarest_have_no_line_but_are_in_the_table():
    view = view_of()
    cells = cells_of(view, *((0, 400 + n, None, n + 1) for n in range(MOST_LINES + 5)))
    found = answers_of(view, cells, 60)
    assert len(found.lines) == len(found.series.groups) == MOST_LINES and found.more == 5
    assert min(line.status_code for line in found.lines) == 405
    assert len(found.whole.groups) == MOST_LINES + 5


def test_nothing_is_no_line():
    found = answers_of(view_of(), [], 60)
    assert (found.lines, found.series.total, found.totals, found.more) == ([], 0, [], 0)


def test_a_slice_in_words_of_the_address():
    view = view_of("-24h")
    line = answers_of(view, cells_of(view, (0, 200, None, 1)), 900).lines[0]
    since = timezone.now().replace(hour=3, minute=15)
    assert line.href(since, since + timedelta(minutes=15)).endswith(
        f"?status_code=200&amp;since={since:%Y-%m-%d}T03:15Z&amp;until={since:%Y-%m-%d}T03:30Z"
    )
