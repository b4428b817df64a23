"""What is past its age goes, what is not stays, and what was counted once stays counted."""

import json
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from apiclient import partition, prune, rollup
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.histogram import decode
from apiclient.models import Batch, Due, Message, Outcome, OutcomeDetail, Rollup, Step
from apiclient.models.due import plan
from apiclient.models.pruned import complete_from_s
from apiclient.slot import due_ms_of, slot_id, to_ms
from apiclient.verify import differences
from tests.builders import close_hours_until, make_call, make_outcome

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
NOW = to_ms(NOON)
DAY = timedelta(days=1)
AGES = range(1, 8)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of partitions")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_partitions")]


@pytest.fixture(autouse=True)
def keep(settings):
    """Successes of two days, failures of four, rollups of six, and today's."""
    settings.ANSWERBACK_KEEP_SUCCESSES = 2
    settings.ANSWERBACK_KEEP_FAILURES = 4
    settings.ANSWERBACK_KEEP_ROLLUPS = 6


@pytest.fixture
def call():
    """A call with a success, a slow success and two failures in each of seven days, closed."""
    call = make_call(interval_seconds=None, slow_after_ms=50)
    fill(call)
    close_hours_until(NOW)
    return call


def fill(call, ages=AGES):
    for age in ages:
        day = NOON - age * DAY
        make_outcome(call, 200, due_at=day, total_us=1000 + age)
        make_outcome(call, 200, due_at=day + timedelta(minutes=1), total_us=90_000 + age)
        make_outcome(call, 500, due_at=day + timedelta(minutes=2), body=f"disk {'full ' * age}".encode())
        make_outcome(call, None, failure=Failure.DNS, due_at=day + timedelta(minutes=3), body=b"")


def pruned(**options):
    return list(prune.prune(NOW, **options))


def kept(**where):
    """How many outcomes are left, by their age in days."""
    ids = Outcome.objects.filter(**where).values_list("id", flat=True)
    ages = [(NOW // 86_400_000) - due_ms_of(pk) // 86_400_000 for pk in ids]
    return {age: ages.count(age) for age in sorted(set(ages))}


def sums(portions):
    found = {}
    for portion in portions:
        found[portion.kind] = found.get(portion.kind, 0) + portion.rows
    return found


def test_successes_go_first_failures_later_and_counts_last(call):
    cells = Rollup.objects.count()
    Message.objects.update(last_seen=NOON)
    found = pruned()
    assert kept(verdict=Verdict.PASSED) == {1: 1, 2: 1}
    assert kept(verdict=Verdict.DEGRADED) == {age: 1 for age in (1, 2, 3, 4)}
    assert kept(verdict=Verdict.FAILED) == {age: 2 for age in (1, 2, 3, 4)}
    assert sorted({(portion.kind, portion.day) for portion in found if portion.kind in ("failures", "successes")}) == [
        ("failures", date(2026, 3, 7)), ("failures", date(2026, 3, 8)), ("failures", date(2026, 3, 9)),
        ("successes", date(2026, 3, 10)), ("successes", date(2026, 3, 11)),
    ]  # fmt: skip
    assert sums(found) == {"failures": 12, "successes": 2, "details": 14, "rollups": cells - Rollup.objects.count()}
    assert min(Rollup.objects.values_list("start_s", flat=True)) >= (NOW // 86_400_000 - 6) * 86_400


def test_details_go_with_their_outcomes(call):
    pruned()
    assert OutcomeDetail.objects.count() == Outcome.objects.count() == 14
    assert not OutcomeDetail.objects.exclude(outcome__in=Outcome.objects.all()).exists()


def test_a_message_goes_once_nothing_refers_to_it_and_no_count_is_as_old(call, settings):
    old, young = NOON - 7 * DAY, NOON - 5 * DAY
    assert set(Message.objects.values_list("text", flat=True)) >= {"disk full", "disk full full full full full"}
    Message.objects.update(last_seen=young)
    pruned()
    assert Message.objects.count() == 7
    Message.objects.update(last_seen=old)
    assert sums(pruned()) == {"messages": 3}
    referred = set(OutcomeDetail.objects.exclude(message=None).values_list("message_id", flat=True))
    assert set(Message.objects.values_list("pk", flat=True)) == referred


def test_a_dry_run_says_the_same_and_deletes_nothing(call):
    Message.objects.update(last_seen=NOON - 7 * DAY)
    tables = (Outcome, OutcomeDetail, Rollup, Message)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    told = pruned(dry_run=True)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert complete_from_s() == 0
    assert told == pruned()
    assert {"successes", "failures", "details", "rollups", "messages"} == set(sums(told))
    if connection.vendor == "postgresql":
        assert all(portion.size for portion in told if portion.kind in ("successes", "failures"))


def test_a_second_time_nothing_is_left_to_do(call):
    pruned()
    before = tables()
    assert pruned() == []
    assert tables() == before


def tables():
    """The partitions as PostgreSQL numbers them: one that is written anew has another number."""
    if connection.vendor == "sqlite":
        return []
    return partition._rows(
        "SELECT inhrelid FROM pg_inherits WHERE inhparent = 'apiclient_outcome'::regclass ORDER BY 1"
    )


def test_what_was_interrupted_goes_on(call):
    for stop in range(1, 5):
        for n, _ in enumerate(prune.prune(NOW), 1):
            if n == stop:
                break
        assert list(differences(NOW)) == []
    pruned()
    assert kept(verdict=Verdict.PASSED) == {1: 1, 2: 1}
    assert len(Outcome.objects.all()) == 14


def test_no_hour_goes_that_is_not_closed():
    call = make_call(interval_seconds=None)
    fill(call)
    Batch.objects.create(slots=[slot_id(to_ms(NOON - 5 * DAY), call.pk)], created_ms=NOW, lease_ms=1)
    close_hours_until(NOW)
    pruned()
    assert kept() == {age: 4 for age in (1, 2, 3, 4, 5)}


def test_with_nothing_stored_nothing_goes():
    assert pruned() == []


def test_a_longer_age_later_brings_nothing_into_disorder(call, settings):
    pruned()
    settings.ANSWERBACK_KEEP_SUCCESSES = 4
    assert pruned() == []
    assert list(differences(NOW)) == []


def test_verify_counts_from_where_all_is_kept():
    call = make_call(interval_seconds=21_600)
    Due.objects.filter(call=call).delete()
    start = NOW - 7 * 86_400_000
    plan([call], start)
    due_ms = call.cadence.next_slot(call.pk, Due.objects.get().since_ms - 1)
    while due_ms < NOW:
        make_outcome(call, due_at=NOON - timedelta(milliseconds=NOW - due_ms), detailed=False)
        due_ms = call.cadence.next_slot(call.pk, due_ms)
    Due.objects.update(due_ms=due_ms)
    close_hours_until(NOW)
    assert list(differences(NOW)) == []
    pruned()
    assert list(differences(NOW)) == []
    Outcome.objects.latest("id").delete()
    assert {one.kind for one in differences(NOW)} == {"slots", "rollup"}


@pytest.mark.parametrize("age", [2, 3, 5])
def test_a_late_outcome_of_a_pruned_hour_is_added_to_what_was_counted(call, age):
    pruned()
    hour = (NOW - age * 86_400_000) // 1000
    cells = Rollup.objects.filter(start_s__gte=hour, start_s__lt=hour + 3600)
    before = dict(cells.values_list("step").annotate(Sum("count")))
    for n in (1, 2):
        make_outcome(call, 503, due_at=NOON - age * DAY + timedelta(minutes=30 + n))
    after = dict(cells.values_list("step").annotate(Sum("count")))
    # Of the call, its service and everything; a minute is of the service alone.
    assert after == {step: number + (2 if step == Step.MINUTE else 6) for step, number in before.items()}
    assert cells.filter(step=Step.HOUR, call=call, status_code=503).aggregate(n=Sum("count"))["n"] == 2
    assert list(differences(NOW)) == []


def test_deleting_a_call_whose_outcomes_are_pruned_leaves_the_counts_of_the_others():
    gone = make_call(interval_seconds=None, slow_after_ms=50)
    other = make_call(gone.service, interval_seconds=None, slow_after_ms=50)
    for each in (gone, other, gone):
        if each is gone and Outcome.objects.filter(call=gone).exists():
            for age in AGES:
                make_outcome(gone, 200, due_at=NOON - age * DAY + timedelta(minutes=40), total_us=1000 + age)
        else:
            fill(each)
    close_hours_until(NOW)
    pruned()
    right = cells_per_hour(call=other, step=Step.HOUR, start_s__gte=(NOW // 86_400_000 - 6) * 86_400)
    gone.delete()
    assert cells_per_hour(call=None, service__isnull=False, step=Step.HOUR) == right
    assert cells_per_hour(call=None, step=Step.MINUTE) == right
    assert list(differences(NOW)) == []


def cells_per_hour(**where):
    cells = {}
    for row in Rollup.objects.filter(**where):
        key = (row.start_s // 3600, row.status_code, row.failure, row.verdict)
        cell = cells.setdefault(key, rollup.Cell())
        cell.add_all(row.count, decode(bytes(row.histogram)))
    return cells


@pytest.mark.django_db(transaction=True)
def test_pruning_while_somebody_writes_loses_nothing():
    call = make_call(interval_seconds=None)
    fill(call)
    close_hours_until(NOW)
    written, begun, stop, problems = [], Event(), Event(), []

    def write():
        try:
            for n in range(400):
                for age, code in ((0, 200), (1, 200), (3, 500)):
                    moment = NOON - age * DAY - timedelta(seconds=n + 1)
                    written.append(make_outcome(call, code, due_at=moment, detailed=False).pk)
                begun.set()
                if stop.is_set():
                    break
        except Exception as error:
            problems.append(error)
        finally:
            begun.set()
            connection.close()

    thread = Thread(target=write)
    thread.start()
    begun.wait(30)
    pruned()
    stop.set()
    thread.join()
    assert problems == []
    assert set(written) <= set(Outcome.objects.values_list("pk", flat=True))
    assert kept(verdict=Verdict.PASSED).keys() == {0, 1, 2}
    close_hours_until(NOW + 7_200_000)
    assert list(differences(NOW)) == []


@pytest.fixture
def aged(settings):
    """An outcome of three days ago, by the clock, that passed; and a fresh one."""
    call = make_call(interval_seconds=None)
    moment = datetime.now(UTC)
    for age in (3, 1):
        make_outcome(call, due_at=moment - age * DAY)
    close_hours_until(now_ms())
    return str((moment - 3 * DAY).date())


def test_the_command_says_what_would_go_and_what_went(aged, capsys):
    call_command("prune", "--dry-run")
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{aged} successes: 1 rows")
    assert told[-1] == "2 rows would go; nothing was deleted"
    call_command("prune")
    assert capsys.readouterr().out.splitlines() == [*told[:-1], "2 rows deleted"]
    call_command("prune")
    assert capsys.readouterr().out == "0 rows deleted\n"


def test_the_command_answers_in_json(aged, capsys):
    call_command("prune", "--json", "--dry-run")
    told = json.loads(capsys.readouterr().out)
    assert told["dry_run"] is True
    assert (told["successes"]["days"], told["successes"]["rows"]) == ([aged], 1)
    assert (told["successes"]["bytes"] is None) == (connection.vendor == "sqlite")
    assert told["failures"] == told["messages"] == {"days": [], "rows": 0, "bytes": None}
    assert Outcome.objects.count() == 2


@on_postgresql
def test_somebody_who_prunes_already_is_left_alone(aged):
    locked, done = Event(), Event()

    def hold():
        with partition.alone() as alone:
            assert alone
            locked.set()
            done.wait(30)
        connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert locked.wait(30)
    with pytest.raises(CommandError, match="Somebody else is pruning"):
        call_command("prune")
    done.set()
    thread.join()
    assert Outcome.objects.count() == 2
    call_command("prune")
    assert Outcome.objects.count() == 1
