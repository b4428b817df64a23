"""How the installation is doing: counted by the database, in as many queries however much there is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apiclient import heartbeat, vitals
from apiclient.catalogue import Failure
from apiclient.models import Batch, Delivery
from apiclient.slot import first_slot, to_ms
from apiclient.vitals import Deliveries, OpenSlots
from tests.builders import make_call, make_outcome, make_webhook

NOW = 200_000_000_000
DAY_MS = 86_400_000

pytestmark = pytest.mark.django_db


def batch(slots, age_ms=0, lease_until_ms=None):
    Batch.objects.create(
        slots=list(range(slots)),
        created_ms=NOW - age_ms,
        lease_ms=1,
        token=lease_until_ms and 1,
        lease_until_ms=lease_until_ms,
    )


def test_deliveries_that_wait_and_were_given_up_are_counted():
    assert vitals.deliveries(NOW) == Deliveries(0, 0.0, 0)
    hook = make_webhook()

    def delivery(queued_ms, **moments):
        event_id = f"{Delivery.objects.count()}"
        Delivery.objects.create(webhook=hook, event_id=event_id, created_ms=0, queued_ms=queued_ms, **moments)

    delivery(NOW - 90_000, next_ms=NOW + 5_000)
    delivery(NOW - 1_000, next_ms=NOW)
    delivery(NOW - 2 * DAY_MS, gave_up_ms=NOW - DAY_MS + 1)
    delivery(NOW - 2 * DAY_MS, gave_up_ms=NOW - DAY_MS - 1)
    delivery(NOW - 2_000, delivered_ms=NOW)
    assert vitals.deliveries(NOW) == Deliveries(waiting=2, oldest_s=90.0, gave_up=1)


def test_open_slots_are_counted_by_one_query(django_assert_num_queries):
    assert vitals.open_slots(NOW) == OpenSlots(0, 0, 0)
    batch(3)
    batch(250, lease_until_ms=NOW + 1)
    batch(5, age_ms=60_000)
    batch(7, lease_until_ms=NOW - 20_000)
    with django_assert_num_queries(1):
        assert vitals.open_slots(NOW) == OpenSlots(total=265, waiting=8, overdue=12)


def test_the_age_of_the_last_tick():
    assert vitals.tick_age_s(NOW) is None
    heartbeat.tick(NOW - 1_500)
    assert vitals.tick_age_s(NOW) == 1.5


def test_missed_slots_of_the_last_minutes_among_all():
    call, now = make_call(), timezone.now()
    make_outcome(call, failure=Failure.MISSED, due_at=now - timedelta(minutes=2))
    make_outcome(call, failure=Failure.TIMEOUT, due_at=now - timedelta(minutes=3))
    make_outcome(call, due_at=now - timedelta(minutes=4))
    make_outcome(call, failure=Failure.MISSED, due_at=now - timedelta(minutes=30))
    assert vitals.missed_lately(to_ms(now), 10) == (1, 3)


def test_a_table_without_partitions_has_none_ahead(monkeypatch):
    monkeypatch.setattr(vitals.Outcome._meta, "db_table", "apiclient_call")
    assert vitals.partitions(NOW) is None


def test_partitions_ahead_and_rows_that_fit_none(monkeypatch):
    if connection.vendor != "postgresql":
        assert vitals.partitions(NOW) is None
        return
    ends = [first_slot(NOW), first_slot(NOW + DAY_MS), first_slot(NOW + 3 * DAY_MS)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE parted (id bigint) PARTITION BY RANGE (id)")
        cursor.execute(f"CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ({ends[0]}) TO ({ends[1]})")
        cursor.execute(f"CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ({ends[1]}) TO ({ends[2]})")
        cursor.execute('CREATE TABLE "Parted rest" PARTITION OF parted DEFAULT')
        cursor.execute("INSERT INTO parted VALUES (1), (2)")
    monkeypatch.setattr(vitals.Outcome._meta, "db_table", "parted")
    assert vitals.partitions(NOW) == vitals.Partitions(days_ahead=3.0, in_default=2)
