"""What was missed lately is counted by reason from an index that is empty while all is well."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from apiclient import missed, record
from apiclient.catalogue import MissedBecause, Verdict
from apiclient.http import Exchange
from apiclient.missed import LATELY_MS, Missed, missed_lately
from apiclient.models import Outcome
from apiclient.slot import from_ms, slot_id, to_ms
from tests.builders import make_call, make_outcome, make_service, write

NOW = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
pytestmark = pytest.mark.django_db


def miss(call, ago_ms, because, many=1):
    write([record.missed(slot_id(NOW - ago_ms - 2 * n, call.pk), call.service_id, because) for n in range(many)])


def test_while_all_is_well_nothing_was_missed():
    make_outcome(make_call(), 500, due_at=from_ms(NOW - 1000))
    assert missed_lately(NOW) == []


def test_reasons_are_counted_the_most_frequent_first_and_older_ones_are_left_out():
    call = make_call()
    miss(call, 1_000, MissedBecause.SERVICE_LIMIT)
    miss(call, 5_000, MissedBecause.NO_FREE_WORKER, 3)
    miss(call, LATELY_MS + 1, MissedBecause.UNCLAIMED)
    assert missed_lately(NOW) == [
        Missed(MissedBecause.NO_FREE_WORKER, 3, False),
        Missed(MissedBecause.SERVICE_LIMIT, 1, False),
    ]
    assert missed_lately(NOW, span_ms=2_000) == [Missed(MissedBecause.SERVICE_LIMIT, 1, False)]


def test_one_service_is_told_of_its_own_alone():
    mine, other = make_call(make_service()), make_call(make_service())
    miss(mine, 1_000, MissedBecause.SERVICE_LIMIT)
    miss(other, 1_000, MissedBecause.UNCLAIMED)
    assert [one.reason for one in missed_lately(NOW, frozenset({mine.service_id}))] == [MissedBecause.SERVICE_LIMIT]


def test_of_very_many_the_newest_are_counted(monkeypatch):
    monkeypatch.setattr(missed, "MOST_COUNTED", 5)
    call = make_call()
    miss(call, 100, MissedBecause.UNCLAIMED, 5)
    miss(call, 9_000, MissedBecause.SERVICE_LIMIT, 5)
    assert missed_lately(NOW) == [Missed(MissedBecause.UNCLAIMED, 5, True)]


def test_the_question_is_answered_from_the_partial_index():
    call = make_call()
    slots = [slot_id(NOW - n, call.pk) for n in range(3_000)]
    write([record.Finished(slot, call.service_id, Exchange(status_code=200), Verdict.PASSED, 1) for slot in slots])
    rows = Outcome.objects.filter(missed_because__isnull=False, id__gte=1).order_by("-id")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE apiclient_outcome")
    plan = rows.values_list("missed_because", flat=True)[:5].explain()
    assert "outcome_missed" in plan or "missed_because_idx" in plan  # each partition has one of its own name
