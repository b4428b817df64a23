"""A batch is run through real sockets: every answer is stored soon, whole, and under a held lease only."""

import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from apiclient import execute, record, schedule
from apiclient.catalogue import Category, Failure, MissedBecause, Verdict, category_of, class_of, lookup, seed_table
from apiclient.clock import now_ms
from apiclient.execute import Runner
from apiclient.http import Guard
from apiclient.http.door import PATIENCE_S
from apiclient.models import Batch, Call, Outcome, OutcomeDetail, Rollup, Service
from apiclient.opening import LEASE_GRACE_MS
from apiclient.slot import slot_id
from apiclient.verify import differences
from tests.builders import make_call, make_location, make_service
from tests.certificate import self_signed
from tests.target import Target, hostile_paths

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10


@pytest.fixture(scope="module")
def target():
    with Target() as serving:
        yield serving


@pytest.fixture
def service(target):
    return make_service(base_url=target.url)


@pytest.fixture
def runner(monkeypatch):
    """The process's own runner, ended with the test so that its connection is closed."""
    runner = Runner(Guard(["127.0.0.0/8"]), 10_000)
    monkeypatch.setattr(execute, "_runner", runner)
    yield runner
    runner.stop()


def calls_for(service, *paths, **fields):
    return [make_call(service, path=path, interval_seconds=None, **fields) for path in paths]


def begin(calls, lease_ms=30_000):
    """One batch with a slot due now for each call, already started; the lease."""
    now = now_ms() & ~1  # as the timetable has it: odd ones are asked for by hand
    slots = [slot_id(now, call.pk) for call in calls]
    batch = Batch.objects.create(slots=slots, created_ms=now, lease_ms=lease_ms)
    assert execute.run(batch.pk) == len(slots)
    return batch


def until(what, seconds=PATIENCE):
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


def codes(calls):
    rows = dict(Outcome.objects.values_list("call_id", "status_code"))
    return [rows.get(call.pk, "none") for call in calls]


def test_answers_are_readable_while_another_of_their_batch_hangs(service, runner):
    paths = ["/status/200", "/status/404", "/status/503", "/reset", "/body?status=500%20Bad&text=disk%20full"]
    calls, (hanging,) = calls_for(service, *paths), calls_for(service, "/hang", timeout_ms=4_000)
    batch = begin([*calls, hanging])
    until(lambda: Outcome.objects.count() == 5, 3)
    assert codes([*calls, hanging]) == [200, 404, 503, None, 500, "none"]
    assert Batch.objects.get().slots == [batch.slots[-1]]
    assert Outcome.objects.get(call=calls[3]).failure == Failure.RESET
    assert Outcome.objects.get(call=calls[4]).detail.message.text == "disk full"
    execute.drain()
    assert Outcome.objects.get(call=hanging).failure == Failure.TIMEOUT
    assert not Batch.objects.exists()
    assert list(differences(now_ms())) == []


def test_what_was_sent_and_heard_is_kept_for_what_went_wrong(service, runner, target):
    service.headers = {"X-Token": "planted-secret-0815", "Accept": "a/a"}
    service.save()
    (call,) = calls_for(service, "/status/500?token=planted-secret-4711", headers={"accept": "b/b"})
    begin([call])
    execute.drain()
    outcome = Outcome.objects.get()
    assert (outcome.status_code, outcome.verdict) == (500, Verdict.FAILED)
    assert outcome.total_us > 0 and outcome.body_bytes == len("status 500") and outcome.lag_ms is not None
    detail = outcome.detail
    assert (detail.method, detail.reason, detail.http_version) == ("GET", "Reason", "1.1")
    assert ["accept", "b/b"] in detail.request_headers
    assert "planted-secret" not in str(list(OutcomeDetail.objects.values()))
    assert target.requests[-1].headers["accept"] == "b/b"
    assert target.requests[-1].headers["x-token"] == "planted-secret-0815"


def checked(service, path, *checks, **fields):
    return make_call(service, path=path, interval_seconds=None, checks=list(checks), **fields)


def test_checks_are_judged_and_their_results_kept_where_one_fails(service, runner):
    ready = {"kind": "body", "is": "contains", "value": "ready"}
    passing, failing = checked(service, "/body?text=ready", ready), checked(service, "/body?text=starting", ready)
    begin([passing, failing])
    execute.drain()
    verdicts = dict(Outcome.objects.values_list("call_id", "verdict"))
    assert verdicts == {passing.pk: Verdict.PASSED, failing.pk: Verdict.FAILED}
    assert OutcomeDetail.objects.get(outcome__call=passing).checks == []
    detail = OutcomeDetail.objects.get(outcome__call=failing)
    assert bytes(detail.body) == b"starting"
    assert detail.checks == [
        {"sentence": "200 is among the codes that this call expects (1xx, 2xx, 3xx).", "holds": True},
        {"sentence": 'The body must contain "ready": it does not.', "holds": False},
    ]


def test_a_check_that_degrades_and_a_time_that_fails_do_so(service, runner):
    degraded = checked(service, "/body?text=x", {"kind": "body", "is": "equals", "value": "y", "degrades": True})
    late = make_call(service, path="/delay/0.2", interval_seconds=None, fail_after_ms=100)
    begin([degraded, late])
    execute.drain()
    verdicts = dict(Outcome.objects.values_list("call_id", "verdict"))
    assert verdicts == {degraded.pk: Verdict.DEGRADED, late.pk: Verdict.FAILED}
    assert OutcomeDetail.objects.get(outcome__call=degraded).checks[1]["degrades"] is True
    assert "It must answer within 100 ms" in OutcomeDetail.objects.get(outcome__call=late).checks[1]["sentence"]


def test_checks_see_a_whole_mebibyte_of_which_64_kibibytes_are_kept(service, runner):
    end = {"kind": "body", "is": "matches", "value": "x$"}
    call = checked(service, "/large?bytes=1000000", end, {"kind": "body", "is": "contains", "value": "never"})
    begin([call])
    execute.drain()
    detail = OutcomeDetail.objects.get()
    assert [each["holds"] for each in detail.checks] == [True, True, False]
    assert len(detail.body) == 64 << 10 and Outcome.objects.get().body_bytes == 1_000_000


def test_a_secret_that_a_sentence_repeats_is_masked(service, runner):
    headers = {"X-Token": "planted-secret-0815"}
    call = checked(service, "/echo", {"kind": "body", "is": "equals", "value": "planted-secret-0815"}, headers=headers)
    begin([call])
    execute.drain()
    assert OutcomeDetail.objects.get().checks[1]["holds"] is False
    assert "planted-secret" not in str(OutcomeDetail.objects.get().checks)


def test_texts_of_successes_are_kept_at_a_change_of_code_only(service, runner):
    (call,) = calls_for(service, "/status/200")
    for _ in range(2):
        begin([call])
        execute.drain()
        time.sleep(0.003)
    assert Outcome.objects.count() == 2
    assert OutcomeDetail.objects.get().body == b""


def test_texts_of_successes_are_kept_where_the_certificate_is_a_new_one(runner, tmp_path):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    with Target(tls=tls) as target:
        service = make_service(base_url=target.url)
        (call,) = calls_for(service, "/status/200", verify_tls=False)
        for expires in (soon, soon, soon + timedelta(days=90)):
            tls.load_cert_chain(self_signed(tmp_path, "127.0.0.1", expires))
            begin([call])
            execute.drain()
            time.sleep(0.003)
    kept = OutcomeDetail.objects.order_by("pk").values_list("certificate", flat=True)
    moments = [datetime.fromisoformat(certificate["expires_at"]) for certificate in kept]
    assert moments == [soon, soon + timedelta(days=90)]
    assert Outcome.objects.count() == 3


def test_the_seeds_table_is_stored_as_the_table_says(service, runner):
    meanings = [meaning for column in seed_table().values() for meaning in column]
    paths = {100: "/interim/100", 101: "/upgrade"}
    calls = calls_for(service, *(paths.get(one.code, f"/status/{one.code}") for one in meanings))
    begin(calls)
    execute.drain()
    for meaning, call in zip(meanings, calls, strict=True):
        outcome = Outcome.objects.get(call=call)
        if meaning.code == 100:
            assert (outcome.status_code, outcome.detail.interim) == (200, [100])
            continue
        assert outcome.status_code == meaning.code
        assert outcome.meaning.message == meaning.message
        assert outcome.meaning.code_class is class_of(meaning.code) is meaning.code_class
        assert outcome.meaning.category is category_of(meaning.code) is meaning.category
        assert outcome.verdict == (Verdict.PASSED if meaning.category is Category.SUCCESS else Verdict.FAILED)
    assert len(calls) == 40
    assert lookup(100).category is Category.SUCCESS
    assert Outcome.objects.count() == 40 == sum(Rollup.objects.values_list("count", flat=True))
    assert list(differences(now_ms())) == []


def test_no_hostile_answer_keeps_its_batch_from_being_stored(service, runner):
    calls = calls_for(service, *hostile_paths(), timeout_ms=1_500)
    odd = ["HTTP/1.1 200 " + "r" * 1_500, "HTTP/1.1 500 a\0b", "HTTP/1.1 600 x", "HTTP/9.9999999999999999 200 OK"]
    calls += calls_for(service, *(f"/status-line?line={quote(line)}" for line in odd), timeout_ms=1_500)
    bodies = ["1 " * 250, "a\0b", "\ud83d", "\x1b[31m", '{"detail": "\\u0000\\ud800"}', "x" * 5_000]
    quoted = [quote(body, errors="surrogatepass") for body in bodies]
    calls += calls_for(service, *(f"/body?status=500%20x&text={text[:1_800]}" for text in quoted), timeout_ms=1_500)
    calls = list(dict.fromkeys(calls))
    begin(calls)
    execute.drain()
    assert Outcome.objects.count() == len(calls)
    assert not Batch.objects.exists()
    kept = OutcomeDetail.objects.count()
    assert kept == len(calls)  # none lost its texts on the way
    assert list(differences(now_ms())) == []


@contextmanager
def broken(monkeypatch, error):
    """The database refuses every flush; the event is set once it has."""
    tried = Event()

    def refuse(finished):
        tried.set()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(record, "save", refuse)
        patch.setattr(execute, "RETRY_SECONDS", 0.05)
        yield tried


def test_answers_are_held_while_the_database_is_away(service, runner, monkeypatch):
    calls = calls_for(service, "/status/200", "/status/500")
    with broken(monkeypatch, OperationalError("gone")) as tried:
        begin(calls)
        assert tried.wait(PATIENCE)
        assert not Outcome.objects.exists()
    execute.drain()
    assert codes(calls) == [200, 500]
    assert list(differences(now_ms())) == []


def test_one_answer_that_cannot_be_stored_delays_no_other(service, runner, monkeypatch):
    calls = calls_for(service, "/status/200", "/status/404", "/status/500", "/status/201")
    real = record.save

    def picky(finished):
        if any(one.exchange.status_code == 404 and one.request for some in finished.values() for one in some):
            raise ValueError("text that no database takes")
        return real(finished)

    monkeypatch.setattr(record, "save", picky)
    begin(calls)
    execute.drain()
    assert codes(calls) == [200, 404, 500, 201]
    assert not OutcomeDetail.objects.filter(outcome__call=calls[1]).exists()
    assert OutcomeDetail.objects.count() == 3


def test_an_answer_that_is_never_taken_is_left_to_the_reaper(service, runner, monkeypatch):
    calls = calls_for(service, "/status/200", "/status/500")
    real = record.save

    def picky(finished):
        if any(one.exchange.status_code == 500 for some in finished.values() for one in some):
            raise ValueError("never")
        return real(finished)

    monkeypatch.setattr(record, "save", picky)
    begin(calls)
    execute.drain()
    assert codes(calls) == [200, "none"]
    assert len(Batch.objects.get().slots) == 1


def test_a_lease_that_passed_on_stores_nothing(service, runner):
    (call,) = calls_for(service, "/delay/0.4")
    begin([call])
    Batch.objects.update(token=1)
    execute.drain()
    assert not Outcome.objects.exists()
    assert len(Batch.objects.get().slots) == 1


def test_a_bell_rung_thrice_sends_once(service, runner, target):
    (call,) = calls_for(service, "/status/200?thrice")
    batch_id, _ = schedule.claim_now(call, now_ms())
    assert [execute.run(batch_id) for _ in range(3)] == [1, 0, 0]
    execute.drain()
    assert execute.run(batch_id) == 0
    assert sum(asked.path.endswith("?thrice") for asked in target.requests) == 1


def test_an_edit_counts_from_the_next_start_on(service, runner):
    (call,) = calls_for(service, "/delay/0.3")
    begin([call])
    call.path, call.expected_codes = "/status/404", "404"
    call.save()
    execute.drain()
    first = Outcome.objects.get()
    assert (first.status_code, first.verdict) == (200, Verdict.PASSED)
    time.sleep(0.003)
    begin([call])
    execute.drain()
    assert Outcome.objects.filter(status_code=404, verdict=Verdict.PASSED).count() == 1


def test_a_call_deleted_in_flight_leaves_nothing(service, runner):
    gone, other = calls_for(service, "/delay/0.4", "/delay/0.4")
    begin([gone, other])
    Call.objects.get(pk=gone.pk).delete()
    execute.drain()
    assert list(Outcome.objects.values_list("call", flat=True)) == [other.pk]
    assert sum(Rollup.objects.values_list("count", flat=True)) == 1
    assert list(differences(now_ms())) == []


def test_a_call_that_cannot_be_sent_says_so_and_stops_no_other(service, runner):
    good, bad = calls_for(service, "/status/200", "/status/201")
    Call.objects.filter(pk=bad.pk).update(expected_codes="nonsense", updated_at=timezone.now())
    begin([good, bad])
    execute.drain()
    assert Outcome.objects.get(call=good).status_code == 200
    told = Outcome.objects.get(call=bad)
    assert told.failure == Failure.INTERNAL
    assert "'nonsense' is not a status code" in told.detail.error


def test_a_batch_that_waited_too_long_is_missed_and_not_sent(service, runner, target):
    (call,) = calls_for(service, "/status/200?late")
    slot = slot_id(now_ms() - schedule.START_GRACE_MS - 1_000, call.pk)
    batch = Batch.objects.create(slots=[slot], created_ms=now_ms(), lease_ms=20_000)
    execute.run(batch.pk)
    execute.drain()
    outcome = Outcome.objects.get()
    assert (outcome.failure, outcome.lag_ms) == (Failure.MISSED, None)
    assert not any(asked.path.endswith("?late") for asked in target.requests)


def test_a_second_lease_sends_however_late(service, runner):
    (call,) = calls_for(service, "/status/200")
    slot = slot_id(now_ms() - 100_000, call.pk)
    batch = Batch.objects.create(slots=[slot], created_ms=now_ms(), lease_ms=20_000, leases=1)
    execute.run(batch.pk)
    execute.drain()
    outcome = Outcome.objects.get()
    assert outcome.status_code == 200 and outcome.lag_ms >= 100_000


def test_a_slot_of_the_near_future_starts_on_time(service, runner):
    (call,) = calls_for(service, "/status/200")
    due = now_ms() + 400
    batch = Batch.objects.create(slots=[slot_id(due, call.pk)], created_ms=now_ms(), lease_ms=20_000)
    execute.run(batch.pk)
    execute.drain()
    assert now_ms() >= due
    assert Outcome.objects.get().started_at >= Outcome.objects.get().due_at


def test_a_clock_set_back_after_the_claim_holds_no_slot(service, runner):
    (call,) = calls_for(service, "/status/200")
    slot = slot_id(now_ms() + 3_600_000, call.pk)
    batch = Batch.objects.create(slots=[slot], created_ms=now_ms(), lease_ms=20_000)
    execute.run(batch.pk)
    until(Outcome.objects.filter(pk=slot, status_code=200).exists)


def test_a_full_runner_leaves_the_batch_waiting(service, runner, monkeypatch):
    monkeypatch.setattr(runner, "_capacity", 0)
    batch_id, _ = schedule.claim_now(calls_for(service, "/status/200")[0], now_ms())
    assert execute.run(batch_id) == 0
    assert Batch.objects.get(pk=batch_id).token is None


def test_stopping_stores_what_has_come_back(service):
    runner = Runner(Guard(["127.0.0.0/8"]), 100)
    (call,) = calls_for(service, "/status/200")
    lease = schedule.take(schedule.claim_now(call, now_ms())[0], now_ms())
    runner.start(lease)
    until(lambda: runner._engine.in_flight == 0)
    runner.stop()
    assert Outcome.objects.count() == 1


def test_a_call_is_run_from_the_shell(service, runner, capsys):
    (call,) = calls_for(service, "/status/201")
    call_command("run_call", f"{service.slug}/{call.slug}")
    assert capsys.readouterr().out.startswith("201 Created: passed, ")
    call.path = "/status/503"
    call.save()
    with pytest.raises(SystemExit) as exit_:
        call_command("run_call", f"{service.slug}/{call.slug}", "--json")
    assert exit_.value.code == 1
    assert '"status_code": 503' in capsys.readouterr().out
    with pytest.raises(CommandError, match="Use SERVICE/CALL, one of: ") as error:
        call_command("run_call", "no/such")
    assert error.value.returncode == 2


@pytest.mark.parametrize(
    ("path", "words"),
    [("/body?status=500%20Bad&text=disk%20full", "\ndisk full\n"), ("/reset", Failure.RESET.advice)],
)
def test_the_shell_says_what_the_server_said_or_what_to_check(service, runner, capsys, path, words):
    (call,) = calls_for(service, path)
    with pytest.raises(SystemExit):
        call_command("run_call", f"{service.slug}/{call.slug}")
    assert words in capsys.readouterr().out


def test_a_paused_service_can_be_run_by_hand(service, runner):
    (call,) = calls_for(service, "/status/200")
    Service.objects.filter(pk=service.pk).update(enabled=False, updated_at=timezone.now() + timedelta(seconds=1))
    assert execute.run_now(call).status_code == 200


def test_a_wanted_error_leaves_texts_only_when_it_is_new(service, runner):
    """The protected endpoint that must answer 401, asked every minute, writes one narrow row each time."""
    (guarded,) = calls_for(service, "/status/401", expected_codes="401")
    for many in (1, 2, 3):
        begin([guarded])
        until(lambda many=many: Outcome.objects.count() == many)
    assert set(Outcome.objects.values_list("verdict", flat=True)) == {Verdict.PASSED}
    assert OutcomeDetail.objects.count() == 1


def test_a_service_at_its_limit_misses_what_found_no_room_and_delays_no_other(service, runner, target, monkeypatch):
    monkeypatch.setattr("apiclient.http.door.PATIENCE_S", 0.2)
    limited = make_service(base_url=target.url, concurrency=2)
    slow = calls_for(limited, *(f"/hang?limited={n}" for n in range(6)), timeout_ms=3_000)
    free = calls_for(service, *["/status/200"] * 20)
    begin([*slow, *free])
    execute.drain()
    of_limited = Outcome.objects.filter(call__service=limited)
    hung = list(of_limited.filter(failure=Failure.TIMEOUT))
    assert len(hung) == 2
    begun = max(outcome.started_at for outcome in Outcome.objects.filter(call__service=service))
    assert begun < min(one.started_at + timedelta(microseconds=one.total_us) for one in hung)
    missed = of_limited.filter(failure=Failure.MISSED, missed_because=MissedBecause.SERVICE_LIMIT, lag_ms=None)
    assert missed.count() == 4
    assert sum("limited=" in asked.path for asked in target.requests) == 2
    assert list(differences(now_ms())) == []


def test_who_waits_at_a_limit_takes_no_room_from_others(service, target, monkeypatch):
    runner = Runner(Guard(["127.0.0.0/8"]), 4)
    monkeypatch.setattr(execute, "_runner", runner)
    limited = make_service(base_url=target.url, concurrency=1)
    begin(calls_for(limited, "/delay/1", "/delay/0", "/delay/0", "/delay/0"))
    until(lambda: runner._engine.doors.in_line > 0)
    assert not runner.is_full()
    runner.drain()
    runner.stop()
    assert Outcome.objects.count() == 4


def test_a_raised_limit_counts_from_the_next_start_on(runner, target):
    limited = make_service(base_url=target.url, concurrency=1)
    calls = calls_for(limited, "/delay/0.3", "/delay/0.3")
    limited.concurrency = 2
    limited.save()
    begin(calls)
    execute.drain()
    first, second = Outcome.objects.all()
    assert abs(first.started_at - second.started_at) < timedelta(microseconds=min(first.total_us, second.total_us))


def test_a_repeated_slot_that_finds_no_room_is_lost_not_missed(runner, target, monkeypatch):
    monkeypatch.setattr("apiclient.http.door.PATIENCE_S", 0.2)
    limited = make_service(base_url=target.url, concurrency=1)
    calls = calls_for(limited, "/hang", "/status/200", timeout_ms=3_000)
    now = now_ms() & ~1  # as the timetable has it: odd ones are asked for by hand
    slots = [slot_id(now, call.pk) for call in calls]
    batch = Batch.objects.create(slots=slots, created_ms=now, lease_ms=20_000, leases=1)
    execute.run(batch.pk)
    execute.drain()
    second = Outcome.objects.get(call=calls[1])
    assert (second.failure, second.missed_because, second.lag_ms) == (Failure.WORKER_LOST, None, None)


def test_a_worker_with_room_again_takes_up_batches_of_its_own_locations_only(service, target, monkeypatch):
    runner = Runner(Guard(["127.0.0.0/8"]), 2)
    monkeypatch.setattr(execute, "_runner", runner)
    paris = make_location()
    begin(calls_for(service, "/delay/0.4", "/delay/0.4"))
    mine, theirs = (
        schedule.claim_now(call, now_ms())
        for call in (*calls_for(service, "/status/200"), *calls_for(service, "/status/200", locations=[paris]))
    )
    assert execute.run(theirs[0]) == execute.run(mine[0]) == 0
    until(lambda: Outcome.objects.filter(pk=mine[1]).exists())
    runner.drain()
    runner.stop()
    assert list(Batch.objects.values_list("pk", flat=True)) == [theirs[0]]


def test_an_outcome_carries_the_location_of_its_batch(service, runner):
    paris = make_location()
    (call,) = calls_for(service, "/status/200", locations=[paris])
    assert execute.run_now(call).location_id == paris.pk
    slot = slot_id(now_ms() - schedule.START_GRACE_MS - 1_000, call.pk)
    batch = Batch.objects.create(slots=[slot], created_ms=now_ms(), lease_ms=20_000, location=paris)
    execute.run(batch.pk)
    execute.drain()
    late = Outcome.objects.get(pk=slot)
    assert (late.location_id, late.missed_because) == (paris.pk, MissedBecause.NO_FREE_WORKER)


def test_nobody_waits_at_a_door_for_longer_than_half_of_what_a_lease_grants():
    assert 2_000 * PATIENCE_S <= LEASE_GRACE_MS
