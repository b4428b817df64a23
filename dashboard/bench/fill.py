"""A history to read: services, calls and their outcomes up to now, by COPY, with rollups by the product's own steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from django.db import connection, transaction

from apiclient import partition, record, rollup
from apiclient.cadence import Cadence
from apiclient.catalogue import Failure, Verdict
from apiclient.clock import now_ms
from apiclient.models import Call, Due, Outcome, OutcomeDetail, Rollup, Service, Step
from apiclient.rollup.cell import of_services
from apiclient.rollup.count import count_calls
from apiclient.rollup.thinning import MINUTES_KEPT_S
from apiclient.slot import slot_id

INTERVAL_S = 60
MINUTE_MS, DAY_MS = 60_000, 86_400_000
NOISE = 0.005
"""Of outcomes fail alone; the rest of the failures come in bursts, of a call or of a whole service."""
BURST_MINUTES = (20, 120)
CALL_BURSTS_A_DAY, SERVICE_BURSTS_A_DAY = 0.4, 0.1
BURST_SHARE = 0.85
SIGMA = 0.35
POOL = 4_096
ERRORS = (404, 500, 503, Failure.TIMEOUT)
TIMEOUT_US = 10_000_000
DETAILS = 2_000
VACUUM_DAYS = 5


@dataclass
class History:
    """So many calls of so many services, each called once a minute for ``days`` days up to now."""

    services: int
    calls: int
    days: float
    seed: int = 1

    def fill(self) -> dict[str, float]:
        """Make all of it in an empty database; seconds spent on rows and on rollups."""
        self._configure()
        spent = {"rows": 0.0, "rollups": 0.0}
        since_ms = int(now_ms() - self.days * DAY_MS) // MINUTE_MS * MINUTE_MS
        day = 0
        while (until_ms := now_ms() // MINUTE_MS * MINUTE_MS) > since_ms:
            until_ms, day = min(until_ms, (since_ms // DAY_MS + 1) * DAY_MS), day + 1
            began = now_ms()
            partition.make(since_ms)
            self._outcomes(since_ms, until_ms)
            written = now_ms()
            self._rollups(since_ms, until_ms)
            if day % VACUUM_DAYS == 0:
                vacuum(Rollup)  # as autovacuum would have, in thirty days
            since_ms = until_ms
            spent["rows"] += (written - began) / 1000
            spent["rollups"] += (now_ms() - written) / 1000
        self._timetable(since_ms)
        self._details()
        for model in (Outcome, OutcomeDetail, Rollup, Call, Due):
            vacuum(model)
        return spent

    @cached_property
    def _draw(self) -> Random:
        return Random(self.seed)

    def _configure(self) -> None:
        services = Service.objects.bulk_create(
            Service(name=f"Service {n}", slug=f"service-{n}", base_url=f"http://service-{n}.example/")
            for n in range(self.services)
        )
        self._made = Call.objects.bulk_create(
            Call(
                service=services[n % self.services],
                name=f"Call {n}",
                slug=f"call-{n}",
                path=f"/{n}",
                interval_seconds=60,
            )
            for n in range(self.calls)
        )
        self._lines = {call.pk: _lines(self._draw) for call in self._made}

    def _outcomes(self, since_ms: int, until_ms: int) -> None:
        columns = ", ".join(record.COLUMNS)
        bursts = self._bursts((until_ms - since_ms) // MINUTE_MS)
        with connection.cursor() as cursor, cursor.copy(f"COPY apiclient_outcome ({columns}) FROM STDIN") as copy:
            for minute in range((until_ms - since_ms) // MINUTE_MS):
                copy.write("".join(self._minute(since_ms + minute * MINUTE_MS, minute, bursts)))

    def _minute(self, begin_ms: int, minute: int, bursts: dict[int, dict[int, int]]) -> Iterator[str]:
        """The rows of one minute, as COPY reads them, by time."""
        draw, failing = self._draw.random, bursts.get(minute, {})
        for due_ms, call_id in self._order:
            good, bad = self._lines[call_id]
            which = int(draw() * POOL)
            error = failing.get(call_id) if failing and draw() < BURST_SHARE else None
            if error is None and draw() < NOISE:
                error = call_id % 3
            line = good[which] if error is None else bad[error]
            yield f"{slot_id(begin_ms + due_ms, call_id)}\t{call_id}\t{line}"

    @cached_property
    def _order(self) -> list[tuple[int, int]]:
        return sorted((Cadence(INTERVAL_S).phase_ms(call.pk), call.pk) for call in self._made)

    def _bursts(self, minutes: int) -> dict[int, dict[int, int]]:
        """Which calls fail in which minute, and how."""
        draw, failing = self._draw, {}  # type: Random, dict[int, dict[int, int]]
        groups = [([call.pk], CALL_BURSTS_A_DAY) for call in self._made]
        for n in range(self.services):
            groups.append(([call.pk for call in self._made[n :: self.services]], SERVICE_BURSTS_A_DAY))
        for calls, times_a_day in groups:
            if draw.random() < times_a_day * minutes / 1440:
                begin, length, error = (
                    draw.randrange(minutes),
                    draw.randint(*BURST_MINUTES),
                    draw.randrange(len(ERRORS)),
                )
                for minute in range(begin, min(minutes, begin + length)):
                    failing.setdefault(minute, {}).update(dict.fromkeys(calls, error))
        return failing

    def _rollups(self, since_ms: int, until_ms: int) -> None:
        """As the product makes them: minutes with the outcomes, the rest once a span is over."""
        kept_from_ms = now_ms() - MINUTES_KEPT_S * 1000
        for minute_ms in range(max(since_ms, kept_from_ms // MINUTE_MS * MINUTE_MS), until_ms, MINUTE_MS):
            with transaction.atomic():
                rollup.insert(of_services(count_calls(Step.MINUTE, minute_ms // 1000)[0]))
        rollup.close(until_ms + MINUTE_MS)
        rollup.thin(until_ms)

    def _timetable(self, until_ms: int) -> None:
        cadence = Cadence(INTERVAL_S)
        Due.objects.bulk_create(
            Due(call=call, due_ms=cadence.next_slot(call.pk, until_ms), since_ms=until_ms, cadence=str(cadence))
            for call in self._made
        )

    def _details(self) -> None:
        """Texts of the newest failures."""
        newest = Outcome.objects.filter(verdict=Verdict.FAILED).order_by("-id")[:DETAILS]
        OutcomeDetail.objects.bulk_create(
            OutcomeDetail(outcome=outcome, method="GET", url="http://service.example/x", body=b"no room left on node 7")
            for outcome in newest
        )


def _lines(draw: Random) -> tuple[list[str], list[str]]:
    """What a call's rows hold after id and call: some thousand good ones around its own median, and one per error."""
    median = draw.lognormvariate(10.5, 0.8)  # about 36 ms
    times = [min(9_000_000, int(draw.lognormvariate(0, SIGMA) * median)) for _ in range(POOL)]
    good = [_line(us, "200", "\\N", Verdict.PASSED) for us in times]
    bad = [
        _line(TIMEOUT_US, "\\N", str(int(error)), Verdict.FAILED)
        if isinstance(error, Failure)
        else _line(int(median * draw.uniform(0.3, 1.5)), str(error), "\\N", Verdict.FAILED)
        for error in ERRORS
    ]
    return good, bad


def _line(total_us: int, status_code: str, failure: str, verdict: int) -> str:
    phases = f"{total_us}\t{min(90, total_us)}\t{min(400, total_us)}\t0\t{total_us * 8 // 10}"
    return f"2\t{phases}\t812\t{status_code}\t{failure}\t{int(verdict)}\t0\t\\N\n"


def vacuum(model: Any) -> None:
    """What autovacuum does sooner or later: the visibility map, and figures for the planner."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
