"""One fault, once: the load begins, the fault strikes, everything ends, and the invariants are looked at."""

import os
import time
from random import Random

from tests.database import Database
from tests.faults import judge
from tests.faults.fault import Fault
from tests.faults.ground import Ground
from tests.faults.judge import Findings
from tests.faults.scene import PATIENCE_S, Scene
from tests.faults.watch import read_outcomes

ROLLED_UP = "SELECT coalesce(sum(count), 0) FROM apiclient_rollup WHERE step = 60"


def attempt(ground: Ground, fault: Fault, seed: str, *, number: int = 1, short: bool = False) -> Findings:
    """Findings whose ``broken`` says what does not hold, also where the trial itself could not be ended."""
    random = Random(f"{seed} {fault.name} {number}")
    load = fault.short if short else fault.load
    try:
        with Scene(ground, f"{fault.name}-{number}", load, fault.setting, f"{seed} {number}", short) as scene:
            return _run(scene, fault, random)
    except Exception as error:
        return Findings(broken=[f"the trial ended early: {type(error).__name__}: {error}"])


def _run(scene: Scene, fault: Fault, random: Random) -> Findings:
    fault.start(scene)
    scene.begin()
    time.sleep(random.uniform(0.1, 0.4) * scene.load.seconds)
    before = dict(scene.watch.seen)
    fault.strike(scene, random)
    time.sleep(0.1 * scene.load.seconds)
    scene.wait_for(
        lambda: len(scene.watch.seen) >= scene.load.slots,
        f"{scene.load.slots} outcomes",
        PATIENCE_S + 3 * scene.load.seconds,
    )
    scene.finish()
    return _look(scene, fault, len(before))


def _look(scene: Scene, fault: Fault, before: int) -> Findings:
    with Database(scene.database_url) as database:
        evidence = judge.gather(database, scene.target_log, scene.load.interval)
        found = judge.judge(evidence, clock_set=scene.setting.own_clock)
        outcomes = read_outcomes(database)
        rolled_up = int(database.rows(ROLLED_UP)[0][0])
    found.longest_open = scene.watch.longest_open
    found.broken += scene.problems
    found.broken += judge.changed(scene.watch.seen, outcomes)
    if rolled_up != len(outcomes):
        found.broken.append(f"{rolled_up} outcomes are rolled up, {len(outcomes)} are there")
    limit = judge.CALL_TIMEOUT_S + judge.LEASE_GRACE_S + judge.REPAIR_S + scene.seconds_out
    if found.longest_open > limit and not scene.short:  # beside other tests a machine may be slow at everything
        outcome = outcomes.get(scene.watch.longest_slot)
        busy = f"{os.getloadavg()[0] / (os.cpu_count() or 1):.1f} processes wanted each core"
        found.broken.append(f"open for {found.longest_open:.1f} s, {limit:.1f} s are allowed ({busy}): {outcome}")
    if found.worker_lost and not fault.loses_workers:
        found.broken.append(f"{found.worker_lost} slots are worker_lost, none may be")
    if not before:
        found.broken.append("nothing had been stored when the fault struck")
    verified = scene.installation.verify()
    found.broken += [f"verify: {difference}" for difference in verified["differences"][:5]]
    return found
