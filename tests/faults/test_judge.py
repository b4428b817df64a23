"""The judge sees what is lost, doubled, sent twice, sent without a lease, or timed by a clock that was set."""

from dataclasses import replace

import pytest

from apiclient.catalogue import Failure
from apiclient.slot import from_ms, slot_id
from tests.faults.judge import Arrival, Evidence, Findings, changed, judge
from tests.faults.run import table
from tests.faults.watch import Outcome

DUE_MS = 200_000_000_000
SLOTS = [slot_id(DUE_MS + 1000 * number, 1) for number in range(3)]
ANSWERED = Outcome(SLOTS[0], 1, 200, None, 5, 1, 900, 0, 100, 0, 700)
LOST = Outcome(SLOTS[1], 1, None, Failure.WORKER_LOST, None, 0, 0, 0, 0, 0, 0)


def sent(number: int, second: int, answer: str = "ok") -> Arrival:
    return Arrival(number, "POST", from_ms(DUE_MS).timestamp() + second, answer)


def look(outcomes: list[Outcome], arrivals: list[Arrival], leases: int = 9, due: int = 2, **how: bool) -> Findings:
    return judge(Evidence({1: set(SLOTS[:due])}, {1: outcomes}, {1: arrivals}, {1: leases}), **how)


def test_an_answer_and_a_lost_worker_account_for_two_requests() -> None:
    assert look([ANSWERED, LOST], [sent(1, 0), sent(2, 1)]) == Findings(slots=2, worker_lost=1)


def test_a_slot_without_outcome_is_lost() -> None:
    found = look([ANSWERED], [sent(1, 0)])
    assert (found.lost, found.broken) == (1, ["1 slots lost"])


def test_an_outcome_off_the_timetable_or_of_another_ones_request_is_doubled() -> None:
    assert look([ANSWERED, LOST], [sent(1, 0)], due=1).doubled == 1
    assert look([ANSWERED, ANSWERED._replace(slot=SLOTS[1])], [sent(1, 0)]).doubled == 1


@pytest.mark.parametrize("extra", [sent(2, 0), sent(2, 0, "reset"), sent(2, 90)])
def test_a_request_that_no_slot_accounts_for_was_sent_twice(extra: Arrival) -> None:
    missed = LOST._replace(failure=Failure.MISSED)
    assert look([ANSWERED, missed], [sent(1, 0), extra]).sent_twice == 1


def test_a_lost_worker_accounts_for_a_request_of_its_own_time_only() -> None:
    assert look([ANSWERED, LOST], [sent(1, 0), sent(2, 90)]).sent_twice == 1
    assert look([ANSWERED, LOST], [sent(1, 0), sent(2, 1), sent(3, 1)]).sent_twice == 1


def test_more_requests_than_leases_are_named() -> None:
    assert look([ANSWERED, LOST], [sent(1, 0), sent(2, 1)], leases=1).broken == ["call 1: 2 requests on 1 leases"]


@pytest.mark.parametrize("wrong", [{"lag_ms": -1}, {"total_us": 3_600_000_000}, {"wait_us": -1}])
def test_impossible_times_are_named(wrong: dict[str, int]) -> None:
    assert "impossible times" in look([ANSWERED._replace(**wrong), LOST], [sent(1, 0)], clock_set=True).broken[0]


def test_an_outcome_that_is_gone_or_different_is_named() -> None:
    before = {SLOTS[0]: ANSWERED, SLOTS[1]: LOST}
    assert list(changed(before, before)) == []
    assert len(list(changed(before, {SLOTS[0]: ANSWERED._replace(status_code=500)}))) == 2


def test_the_table_adds_rounds_up_and_names_what_is_broken() -> None:
    one = Findings(slots=1200, missed=3, longest_open=2.0, broken=["2 slots lost\nand more"])
    text = table({"kill": [one, replace(one, longest_open=17.25, broken=[])]}, {"disk": "nobody may mount"})
    assert "| kill | 2 | 2,400 | 0 | 0 | 0 | 0 | 6 | 17.2 s |" in text
    assert text.endswith("- kill BROKEN: 2 slots lost\n- disk left out: nobody may mount")
