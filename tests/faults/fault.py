"""The faults: each a function that does the damage and what an operator or supervisor does after it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Thread

import psycopg
import redis

from tests.faults.edit import Edits
from tests.faults.ground import Load, Place, Setting
from tests.faults.scene import WORKERS, Scene

LEASE_S = 16.5
"""Of a call that may take two seconds: lookahead, timeouts up to five seconds, grace."""
QUEUE = "answerback"
TRIPLED = "tripled"
TRIES = 200
IN_TRANSACTION = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'idle in transaction' AND clock_timestamp() - state_change > interval '0.09 s'"""
STANDARD = Setting()
LONG, SHORT = Load(), Load(calls=120, seconds=10)


@dataclass(frozen=True)
class Fault:
    """``strike`` comes at a random moment of the load. ``start`` starts the processes."""

    name: str
    strike: Callable[[Scene, Random], None]
    setting: Setting = STANDARD
    load: Load = LONG
    short: Load = SHORT
    start: Callable[[Scene], None] = Scene.start_workers_and_beat
    loses_workers: bool = True
    """Whether outcomes may say ``worker_lost``."""


def kill_worker(scene: Scene, random: Random) -> None:
    name = random.choice(WORKERS)
    scene.installation.kill(name)
    time.sleep(random.uniform(0, 4))
    scene.installation.start_worker(name)


def kill_workers(scene: Scene, random: Random) -> None:
    with scene.outage():
        for name in WORKERS:
            scene.installation.kill(name)
        time.sleep(random.uniform(1, 6))
        for name in WORKERS:
            scene.installation.start_worker(name)
        scene.wait_for_listeners()


def deploy(scene: Scene, random: Random) -> None:
    """One worker after the other is told to stop, and a new one started."""
    for name in random.sample(WORKERS, len(WORKERS)):
        scene.installation.end(name)
        scene.installation.start_worker(name)
        scene.wait_for_listeners()


def stop_worker(scene: Scene, random: Random) -> None:
    with scene.frozen(random.choice(WORKERS)):
        scene.pause(2 * LEASE_S, LEASE_S + 6)


def stop_worker_storing(scene: Scene, random: Random) -> None:
    """In the middle of a transaction: its locks are held as long as the database lets it."""
    name = random.choice(WORKERS)
    for _ in range(TRIES):
        with scene.frozen(name):
            time.sleep(0.1)  # the other worker's transactions are over by then
            if _is_in_transaction(scene):
                scene.pause(2 * LEASE_S, LEASE_S + 12)
                return
        time.sleep(random.uniform(0.01, 0.3))
    raise AssertionError("no moment was found at which the worker was storing")


def _is_in_transaction(scene: Scene) -> bool:
    with psycopg.connect(scene.database_url, autocommit=True) as connection:
        return connection.execute(IN_TRANSACTION).fetchone() is not None


def kill_beat(scene: Scene, random: Random) -> None:
    with scene.outage():
        scene.installation.kill("beat-1")
        scene.pause(120, 6)
        scene.installation.start_beat("beat-1")


def nothing(scene: Scene, random: Random) -> None:
    """What is wrong was so from the start."""


def kill_broker(scene: Scene, random: Random) -> None:
    assert scene.broker
    with scene.outage():
        scene.broker.kill()
        time.sleep(random.uniform(1, 6))
        scene.broker.start()
        scene.wait_for_listeners()


def flush_broker(scene: Scene, random: Random) -> None:
    assert scene.broker
    for _ in range(3):
        scene.broker.client.flushall()
        time.sleep(random.uniform(0, 1))


@contextmanager
def tripling(client: redis.Redis) -> Iterator[None]:
    """Between two queues of the broker stands somebody who hands every message on three times."""
    ended = Event()

    def hand_on() -> None:
        while not ended.is_set():
            with suppress(redis.ConnectionError):
                if found := client.brpop([QUEUE], timeout=1):
                    client.lpush(TRIPLED, *[found[1]] * 3)

    thread = Thread(target=hand_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def start_tripled(scene: Scene) -> None:
    assert scene.broker
    scene.enter(tripling(scene.broker.client))
    scene.start_workers_and_beat(1, "-Q", TRIPLED)


def kill_postgresql(scene: Scene, random: Random) -> None:
    assert scene.postgresql
    with scene.outage():
        scene.postgresql.kill()
        scene.pause(30, 5)
        scene.postgresql.start()
        _wait_for_writes(scene)


def cut_connections(scene: Scene, random: Random) -> None:
    with scene.outage():
        for _ in range(4 if scene.short else 15):
            with psycopg.connect(scene.database_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            time.sleep(random.uniform(0.1, 1.5))


def fill_disk(scene: Scene, random: Random) -> None:
    with scene.outage():
        with _ballast(scene.disk / "ballast"):
            scene.pause(30, 6)
        if scene.postgresql and not scene.postgresql.answers():
            # It ends itself rather than lose what it has promised. Whoever made room starts it again.
            scene.postgresql.kill()
            scene.postgresql.start()
        _wait_for_writes(scene)


@contextmanager
def _ballast(path: Path) -> Iterator[None]:
    """Fill the disk to the last byte, and free what was taken."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    try:
        yield
    finally:
        path.unlink()


def _wait_for_writes(scene: Scene) -> None:
    stored = len(scene.watch.seen)
    scene.wait_for(lambda: len(scene.watch.seen) > stored, "outcomes after the fault")


def step_clock(steps: tuple[int, ...], scene: Scene, random: Random) -> None:
    """The clock of every process jumps to each of these offsets in turn."""
    for seconds in steps:
        scene.set_clock(seconds)
        scene.pause(6, 3)


def kill_web(scene: Scene, random: Random) -> None:
    """While configurations are saved through it."""
    edits = Edits(scene)
    with edits:
        scene.wait_for(lambda: edits.saved, "the first edit that is saved")
        time.sleep(random.uniform(0.5, 3))
        server = scene.installation.processes.pop("web")
        scene.family.kill("gunicorn")
        server.wait()
        time.sleep(random.uniform(0, 2))
        edits.start_web()
        before = edits.count
        scene.wait_for(lambda: edits.count > before, "an edit after the fault")
    scene.problems += edits.problems()


def kill_supervisor(scene: Scene, random: Random) -> None:
    with scene.outage():
        scene.installation.kill("up")
        if left := scene.left_behind():
            scene.problems.append(f"processes outlive their supervisor: {left}")
        time.sleep(random.uniform(0, 4))
        scene.start_up()


OWN = Setting(Place.OWN_POSTGRESQL)
CLOCK = Setting(own_clock=True)
FAULTS = [
    Fault("kill_worker", kill_worker),
    Fault("kill_workers", kill_workers),
    Fault("deploy", deploy, loses_workers=False),
    Fault("stop_worker", stop_worker),
    Fault("stop_worker_storing", stop_worker_storing),
    Fault("kill_beat", kill_beat, load=Load(calls=80, seconds=150)),
    *(
        Fault(name, nothing, load=Load(calls=40, seconds=300), start=partial(Scene.start_workers_and_beat, beats=beats))
        for name, beats in (("two_beats", 2), ("three_beats", 3))
    ),
    Fault("triple_messages", nothing, start=start_tripled),
    Fault("kill_broker", kill_broker),
    Fault("kill_bare_broker", kill_broker, Setting(lasting_broker=False)),
    Fault("flush_broker", flush_broker),
    Fault("kill_postgresql", kill_postgresql, OWN),
    Fault("cut_connections", cut_connections),
    Fault("fill_disk_postgresql", fill_disk, Setting(Place.SMALL_POSTGRESQL)),
    Fault("fill_disk_sqlite", fill_disk, Setting(Place.SMALL_SQLITE)),
    Fault("kill_web", kill_web),
    Fault("kill_supervisor", kill_supervisor, Setting(Place.UP), start=Scene.start_up),
    Fault("clock_5_s", partial(step_clock, (5, 0)), CLOCK),
    Fault("clock_ahead_1_h", partial(step_clock, (3600,)), CLOCK, Load(100, 30, 10), Load(20, 10, 10)),
    Fault("clock_back_1_h", partial(step_clock, (-3600, 0)), CLOCK),
]
