"""Every fault once on a small load: what `make faults` does at full length. FAULT_SEED repeats the random moments."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults.fault import FAULTS, Fault
from tests.faults.ground import Ground
from tests.faults.judge import Findings
from tests.faults.trial import attempt

pytestmark = pytest.mark.flow

JOBS = 4
SEED = os.environ.get("FAULT_SEED", "1")
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
HERE = [fault for fault in FAULTS if fault.setting.place.is_postgresql == ON_POSTGRESQL]


@pytest.fixture(scope="module")
def trials(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Findings]]]:
    """The trials of all chosen tests, side by side, since they mostly wait."""
    chosen = {item.callspec.params["fault"].name for item in request.session.items if item.path == request.path}
    able = [fault for fault in HERE if fault.name in chosen and not fault.setting.problem()]
    with Ground() as ground:
        pool = ThreadPoolExecutor(JOBS)
        yield {fault.name: pool.submit(attempt, ground, fault, SEED, short=True) for fault in able}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("fault", HERE, ids=lambda fault: fault.name)
def test_every_slot_is_accounted_for_after(fault: Fault, trials: dict[str, Future[Findings]]) -> None:
    if problem := fault.setting.problem():
        pytest.skip(problem)
    found = trials[fault.name].result()
    assert found.broken == [], f"FAULT_SEED={SEED}: {found}"
    assert found.slots >= fault.short.slots
