"""What a trial came to: figures for the table, and a sentence for every invariant that does not hold.

Counted from the rows and from the target's log, apart from `manage.py verify`, which is asked too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from apiclient.catalogue import Failure
from apiclient.slot import due_ms_of, from_ms, slot_id
from tests.database import Database
from tests.faults.watch import Outcome, read_outcomes

CALL_TIMEOUT_S = 2.0
LEASE_GRACE_S = 10.0
REPAIR_S = 15.0
TURN_S = 3.0
"""A busy machine may be so late to see that a call's time is over; less than the smallest step of a clock."""
STARTS_WITHIN_S = 60.0
"""From due to the target, at most: a worker may have been stopped meanwhile."""


class Arrival(NamedTuple):
    """A request as the target logged it: the nth of its call, at a Unix time, and how it was answered."""

    number: int
    method: str
    at: float
    answer: str


@dataclass
class Findings:
    """The figures of one trial, or added up over several."""

    slots: int = 0
    lost: int = 0
    doubled: int = 0
    sent_twice: int = 0
    worker_lost: int = 0
    missed: int = 0
    longest_open: float = 0.0
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        for name in ("slots", "lost", "doubled", "sent_twice", "worker_lost", "missed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_open = max(self.longest_open, other.longest_open)
        self.broken += other.broken


@dataclass(frozen=True)
class Evidence:
    """Everything that is judged, by call. ``leases`` counts those granted for slots of the call."""

    due: Mapping[int, set[int]]
    outcomes: Mapping[int, Sequence[Outcome]]
    arrivals: Mapping[int, Sequence[Arrival]]
    leases: Mapping[int, int]


def gather(database: Database, log: Path, interval: int) -> Evidence:
    """``interval`` in seconds is that of every call."""
    calls = {int(parse_qs(urlsplit(path).query)["call"][0]): pk for pk, path in database.rows(CALLS)}
    due = {
        pk: {slot_id(ms, pk) for ms in range(due_ms - interval * 1000, since_ms - 1, -interval * 1000)}
        for pk, due_ms, since_ms in database.rows("SELECT call_id, due_ms, since_ms FROM apiclient_due")
    }
    outcomes: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in read_outcomes(database).values():
        outcomes[outcome.call].append(outcome)
    arrivals: dict[int, list[Arrival]] = defaultdict(list)
    for line in log.read_text().splitlines():
        call, number, method, at, answer = line.split()
        arrivals[calls[int(call)]].append(Arrival(int(number), method, float(at), answer))
    of_slot = {outcome.slot: outcome.call for each in outcomes.values() for outcome in each}
    leases = Counter(of_slot.get(slot, 0) for slots in database.slot_lists("faults_lease") for slot in slots)
    return Evidence(due, outcomes, arrivals, leases)


CALLS = "SELECT id, path FROM apiclient_call"


def judge(evidence: Evidence, *, clock_set: bool = False) -> Findings:
    """``clock_set``: the product's clock was set, so requests and slots cannot be paired by the target's clock.

    Then, too, a duration longer than a call may take was measured by the wrong clock.
    """
    found = Findings()
    for call, due in evidence.due.items():
        outcomes = evidence.outcomes.get(call, [])
        arrivals = evidence.arrivals.get(call, [])
        there = {outcome.slot for outcome in outcomes}
        found.slots += len(due)
        found.lost += len(due - there)
        found.doubled += len(there - due) + _claimed_twice(outcomes)
        found.worker_lost += sum(outcome.failure == Failure.WORKER_LOST for outcome in outcomes)
        found.missed += sum(outcome.failure == Failure.MISSED for outcome in outcomes)
        if arrivals and arrivals[0].method == "POST":
            found.sent_twice += _unaccounted(outcomes, arrivals, by_time=not clock_set)
        if len(arrivals) > evidence.leases.get(call, 0):
            found.broken.append(f"call {call}: {len(arrivals)} requests on {evidence.leases.get(call, 0)} leases")
        found.broken += _wrong_durations(outcomes, CALL_TIMEOUT_S + TURN_S if clock_set else inf)
    found.broken += [
        f"{getattr(found, name)} {words}"
        for name, words in (("lost", "slots lost"), ("doubled", "slots doubled"), ("sent_twice", "POSTs sent twice"))
        if getattr(found, name)
    ]
    return found


def changed(before: Mapping[int, Outcome], after: Mapping[int, Outcome]) -> Iterator[str]:
    """Outcomes that could once be read and are gone or different."""
    for slot, outcome in before.items():
        if after.get(slot) != outcome:
            yield f"{from_ms(due_ms_of(slot))}: {outcome} could be read, now {after.get(slot)}"


def _claimed_twice(outcomes: Iterable[Outcome]) -> int:
    """Outcomes that were given the answer of a request which another one has."""
    stamps = Counter(outcome.body_bytes for outcome in outcomes if outcome.status_code == 200)
    return sum(many - 1 for many in stamps.values())


def _unaccounted(outcomes: Iterable[Outcome], arrivals: Iterable[Arrival], *, by_time: bool) -> int:
    """Requests that belong to no slot of their own: neither to the answer that it has, nor to one that has none."""
    stamps = {outcome.body_bytes for outcome in outcomes if outcome.status_code == 200}
    unanswered = sorted(outcome.slot for outcome in outcomes if outcome.status_code is None and _may_be_sent(outcome))
    left = 0
    for arrival in arrivals:
        if arrival.answer == "ok" and arrival.number in stamps:
            continue
        fitting = (slot for slot in unanswered if not by_time or _fits(slot, arrival.at))
        if (slot := next(fitting, None)) is None:
            left += 1
        else:
            unanswered.remove(slot)
    return left


def _may_be_sent(outcome: Outcome) -> bool:
    return outcome.lag_ms is not None or outcome.failure == Failure.WORKER_LOST


def _fits(slot: int, at: float) -> bool:
    return -0.5 <= at - from_ms(due_ms_of(slot)).timestamp() <= STARTS_WITHIN_S


def _wrong_durations(outcomes: Iterable[Outcome], longest_s: float) -> Iterator[str]:
    for outcome in outcomes:
        times = (outcome.lag_ms or 0, *outcome[-5:])
        if min(times) < 0 or outcome.total_us > longest_s * 1_000_000:
            yield f"impossible times: {outcome}"
