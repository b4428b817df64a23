"""The nights on which clocks change: every cron slot is claimed once, none is dropped, and the recount agrees."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from apiclient import record, schedule
from apiclient.cadence import Cadence
from apiclient.models import Batch, Call, Due
from apiclient.slot import call_of, due_ms_of, from_ms, to_ms
from apiclient.verify import differences
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db

NIGHTS = [
    ("Europe/Kyiv", date(2026, 3, 29)),
    ("Europe/Kyiv", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
]
ONCE_A_NIGHT = ("30 1 * * *", "45 1 * * *", "15 2 * * *", "30 2 * * *", "30 3 * * *")
"""Each falls into an hour that some night leaves out or has twice."""
HOURS = 6
TICK = timedelta(seconds=30)


def claim_the_night(calls: list[Call], begin: datetime) -> dict[int, list[datetime]]:
    """Tick through the night by two schedulers at once; the moments at which each call was claimed."""
    for call in calls:
        cadence, start_ms = Cadence.read(str(call.cadence)), to_ms(begin) - 1
        Due.objects.filter(call=call).update(due_ms=cadence.next_slot(call.pk, start_ms), since_ms=start_ms + 1)
    moment = begin
    while moment < begin + timedelta(hours=HOURS):
        schedule.claim_due(to_ms(moment))
        schedule.claim_due(to_ms(moment))
        moment += TICK
    claimed: dict[int, list[datetime]] = {call.pk: [] for call in calls}
    for batch in Batch.objects.all():
        for slot in batch.slots:
            claimed[call_of(slot)].append(from_ms(due_ms_of(slot)))
    return claimed


@pytest.mark.parametrize(("zone", "night"), NIGHTS, ids=lambda value: str(value))
def test_no_slot_is_doubled_or_dropped_when_clocks_change(zone: str, night: date) -> None:
    begin = datetime.combine(night, time(), ZoneInfo(zone)).astimezone(UTC)
    assert (
        begin.astimezone(ZoneInfo(zone)).utcoffset()
        != (begin + timedelta(hours=6)).astimezone(ZoneInfo(zone)).utcoffset()
    )
    service = make_service()
    make = {"time_zone": zone, "interval_seconds": None}
    often = make_call(service, cron="*/5 * * * *", **make)
    once = [make_call(service, cron=cron, **make) for cron in ONCE_A_NIGHT]
    claimed = claim_the_night([often, *once], begin)
    every_five = [begin + timedelta(minutes=minutes) for minutes in range(0, HOURS * 60, 5)]
    assert sorted(claimed[often.pk]) == every_five
    assert {call.cron: len(claimed[call.pk]) for call in once} == dict.fromkeys(ONCE_A_NIGHT, 1)
    batches = list(Batch.objects.all())
    record.strike(batches, [record.missed(slot, service.pk) for batch in batches for slot in batch.slots])
    assert Counter(difference.kind for difference in differences(to_ms(begin))) == {}
