"""The recount is silent when all adds up and names what does not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from apiclient import rollup, schedule
from apiclient.histogram import encode
from apiclient.models import Batch, Due, Outcome, Rollup, Step
from apiclient.models.due import plan
from apiclient.schedule import START_GRACE_MS
from apiclient.slot import first_slot, to_ms
from apiclient.verify import OVERDUE_MS, differences
from tests.builders import make_call, make_location, make_outcome

NOON = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))
LATER = NOON + 37 * 3_600_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    """A call with a day and a half of slots: some missed in a gap, one run, one waiting; all but the end closed."""
    call = make_call(interval_seconds=3600)
    Due.objects.filter(call=call).delete()
    plan([call], NOON)
    schedule.claim_due(LATER)
    if not Batch.objects.exists():
        schedule.claim_due(Due.objects.get(call=call).due_ms)
    make_outcome(call, 404, due_at=datetime(2026, 3, 4, 12, 30, 0, 1_000, tzinfo=UTC))  # on demand
    rollup.close(LATER + 60_000)
    assert Rollup.objects.filter(step=Step.HOUR).exists()
    return call


def found(kind):
    return [difference for difference in differences(LATER) if difference.kind == kind]


def test_a_sound_database_has_no_differences(call):
    assert list(differences(LATER)) == []


def test_an_empty_database_has_no_differences(db):
    assert list(differences(LATER)) == []


def test_a_cron_call_is_recounted_too():
    call = make_call(interval_seconds=None, cron="*/15 * * * *", time_zone="Europe/Kyiv")
    Due.objects.filter(call=call).delete()
    plan([call], NOON)
    schedule.claim_due(LATER)
    assert list(differences(LATER)) == []
    expected = Outcome.objects.count() + len(open_slots())
    Outcome.objects.filter(call=call).latest("id").delete()
    assert [(one.expected, one.found) for one in found("slots")] == [(expected, expected - 1)]


def open_slots():
    return [slot for slots in Batch.objects.values_list("slots", flat=True) for slot in slots]


def test_a_lost_outcome_is_found_among_slots_and_rollups(call):
    timetable = Outcome.objects.filter(failure__isnull=False)
    expected = timetable.count() + len(open_slots())
    timetable.first().delete()
    (slots,) = found("slots")
    assert (slots.expected, slots.found) == (expected, expected - 1)
    assert str(call) in slots.subject
    assert found("rollup")


def test_a_run_on_demand_fills_no_slot(call):
    timetable = Outcome.objects.filter(failure__isnull=False).first()
    timetable.delete()
    make_outcome(call, 200, due_at=datetime(2026, 3, 4, 12, 40, 0, 3_000, tzinfo=UTC))
    assert len(found("slots")) == 1


def test_a_lost_batch_is_a_lost_slot(call):
    Batch.objects.all().delete()
    assert len(found("slots")) == 1


@pytest.mark.parametrize("step", Step)
def test_a_changed_count_is_found(call, step):
    row = Rollup.objects.filter(step=step).first()
    Rollup.objects.filter(pk=row.pk).update(count=F("count") + 1)
    (difference,) = found("rollup")
    assert (difference.expected, difference.found) == (row.count, row.count + 1)


@pytest.mark.parametrize("step", Step)
def test_a_changed_histogram_is_found(call, step):
    row = Rollup.objects.filter(step=step).first()
    Rollup.objects.filter(pk=row.pk).update(histogram=encode({700: row.count}))
    assert len(found("rollup")) == 1


def test_a_cell_too_many_is_found(call):
    row = Rollup.objects.filter(step=Step.MINUTE).first()
    row.pk, row.status_code, row.failure = None, 418, None
    row.save()
    (difference,) = found("rollup")
    assert (difference.expected, difference.found) == (0, row.count)


def test_a_cell_in_an_hour_without_outcomes_is_found(call):
    row = Rollup.objects.filter(step=Step.MINUTE).first()
    row.pk, row.start_s = None, row.start_s + 86_400
    row.save()
    assert len(found("rollup")) == 1


def test_a_missing_hour_is_found(call):
    Rollup.objects.filter(step=Step.HOUR, call=call).first().delete()
    (difference,) = found("rollup")
    assert difference.found == 0


def test_a_stuck_batch_is_found(call):
    batch = Batch.objects.get()
    Batch.objects.update(created_ms=LATER - START_GRACE_MS - OVERDUE_MS - 1)
    assert [one.found for one in found("overdue")] == [len(batch.slots)]
    lease = schedule.take(batch.pk, LATER - 10**6)
    assert lease
    assert len(found("overdue")) == 1
    Batch.objects.update(lease_until_ms=LATER - OVERDUE_MS)
    assert found("overdue") == []


def test_looking_back_a_while_leaves_older_faults_alone(call):
    Outcome.objects.filter(id__lt=first_slot(NOON + 3_600_000)).delete()
    assert list(differences(LATER, NOON)) != []
    assert list(differences(LATER, NOON + 3_600_000)) == []


def test_a_paused_call_has_no_slots_to_account_for(call):
    call.enabled = False
    call.save()
    Batch.objects.all().delete()
    assert found("slots") == []


def test_the_command_says_that_all_adds_up(capsys):
    make_outcome(make_call(interval_seconds=None), due_at=timezone.now() - timedelta(hours=3))
    call_command("verify")
    assert capsys.readouterr().out == "1 outcomes, 0 differences\n"
    call_command("verify", "--json", "--hours", "1")
    assert json.loads(capsys.readouterr().out) == {"outcomes": 1, "differences": []}


def test_the_command_exits_1_with_the_differences(capsys):
    make_outcome(make_call(interval_seconds=None))
    Rollup.objects.update(count=7)
    with pytest.raises(SystemExit) as exit_:
        call_command("verify")
    assert exit_.value.code == 1
    assert "expected 1, found 7" in capsys.readouterr().out
    with pytest.raises(SystemExit) as exit_:
        call_command("verify", "--json")
    (difference,) = json.loads(capsys.readouterr().out)["differences"]
    assert exit_.value.code == 1
    assert (difference["kind"], difference["expected"], difference["found"]) == ("rollup", 1, 7)


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "1e9"])
def test_the_command_refuses_hours_that_are_none(hours):
    with pytest.raises(CommandError, match="--hours") as error:
        call_command("verify", f"--hours={hours}")
    assert error.value.returncode == 2


def test_slots_are_counted_in_each_location():
    paris = make_location(name="Paris")
    call = make_call(interval_seconds=60, locations=[paris])
    call.locations.add(0)
    Due.objects.filter(call=call).delete()
    plan([call], NOON)
    schedule.claim_due(LATER)
    assert list(differences(LATER)) == []
    assert Outcome.objects.filter(location=paris).count() >= 118
    Outcome.objects.filter(location=paris).first().delete()
    (slots,) = found("slots")
    assert f"{call} in Paris since" in slots.subject
    Outcome.objects.filter(location=0).update(location=paris)
    assert len(found("slots")) == 2  # an outcome counts where it ran
