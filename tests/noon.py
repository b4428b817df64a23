"""Outcomes around a noon of long ago, and what is counted of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

from django.db import connection

from apiclient.catalogue import Failure, Verdict
from apiclient.http import Exchange, Phases
from apiclient.models import Call, Outcome, Rollup
from apiclient.record import Finished
from apiclient.slot import from_ms, slot_id, to_ms
from apiclient.verify import differences
from tests.builders import make_call, make_outcome

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOON = to_ms(datetime(2026, 3, 4, 12, tzinfo=UTC))


def on_demand(*of: Any, **fields: Any) -> Call:
    """A call without slots of its own."""
    return make_call(*of, interval_seconds=None, **fields)


def outcome(call: Call, after_ms: int, code: int | None = 200, **fields: Any) -> Outcome:
    return make_outcome(call, code, due_at=from_ms(NOON + after_ms), **fields)


def late(call: Call, after_ms: int, code: int = 503) -> Finished:
    exchange = Exchange(status_code=code, phases=Phases(total=5))
    return Finished(slot_id(NOON + after_ms, call.pk), call.service_id, exchange, Verdict.FAILED, 1)


def filled(call: Call, hours: int = 3) -> None:
    """Five outcomes at the beginning of each hour: answers, errors and failures by turns."""
    for hour in range(hours):
        for n in range(5):
            code, failure = ((200, None), (500, None), (None, Failure.DNS))[hour % 3]
            outcome(call, hour * HOUR + 2 * n, code, failure=failure, total_us=1000 * n)


def sums(**where: Any) -> list[tuple[int, int, int, int]]:
    """Start, call, code and count of these cells; 0 where there is none."""
    cells = Rollup.objects.filter(**where)
    return sorted((cell.start_s, cell.call_id or 0, cell.status_code or 0, cell.count) for cell in cells)


def clean() -> bool:
    """Whether every cell is a recount of the outcomes."""
    return list(differences(NOON + 100 * DAY)) == []


def at_once(*works: Callable[[], object]) -> list[Exception]:
    """Run these in threads that begin together; what went wrong in them."""
    barrier, problems = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
