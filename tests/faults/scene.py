"""Where a fault strikes: a whole installation with servers of its own, a target that counts, and a watch."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from tests.database import Database
from tests.family import Family
from tests.faults.ground import DISK_MEGABYTES, Ground, Load, Place, Setting, clock_library, small_disk
from tests.faults.server import Broker, Postgresql, free_port
from tests.faults.watch import Watch
from tests.installation import Installation, wait_for

WORKERS = ("worker-1", "worker-2")
STARTED = "Answerback is at"
FATAL = "Unrecoverable error"
"""What Celery says before a worker ends by itself."""
PATIENCE_S = 240.0
"""Only used up by a failure."""
LEASE_TABLE = "CREATE TABLE faults_lease (slots {json})"
LEASE_TRIGGERS = {
    "sqlite": (
        """CREATE TRIGGER faults_lease AFTER UPDATE ON apiclient_batch WHEN NEW.leases > OLD.leases
        BEGIN INSERT INTO faults_lease VALUES (NEW.slots); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION faults_lease() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO faults_lease VALUES (NEW.slots); RETURN NULL; END $$""",
        """CREATE TRIGGER faults_lease AFTER UPDATE ON apiclient_batch FOR EACH ROW
        WHEN (NEW.leases > OLD.leases) EXECUTE FUNCTION faults_lease()""",
    ),
}


@dataclass
class Scene:
    """``seconds_out`` is how long nobody could have ended a slot: a database, broker or every worker was away."""

    ground: Ground
    name: str
    load: Load
    setting: Setting
    seed: str
    short: bool
    seconds_out: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __enter__(self) -> "Scene":
        with ExitStack() as stack:
            self.folder, servers = self.ground.folder / self.name, self.ground.folder / f"servers-{self.name}"
            for folder in (self.folder, servers):
                folder.mkdir(mode=0o711)
            inherited = self.ground.family.env
            self.family = Family(self.folder, environment=inherited)
            self.postgresql: Postgresql | None = None
            self.disk = servers
            if self.setting.place in DISK_MEGABYTES:
                self.disk = stack.enter_context(small_disk(servers / "disk", DISK_MEGABYTES[self.setting.place]))
            self.broker: Broker | None = None
            if self.setting.place is not Place.UP:
                self.broker = stack.enter_context(Broker(servers, inherited, lasting=self.setting.lasting_broker))
            self.database_url = self._database(stack)
            stack.callback(self.family.kill)
            broker_url = self.broker.url if self.broker else ""
            environment = self.family.env | self._clock_environment()
            self.installation = Installation(self.folder, self.database_url, broker_url, environment)
            stack.enter_context(self.installation)
            self._note_leases()
            self.target_url = stack.enter_context(_target(self.target_log, self.seed, inherited))
            self.watch = stack.enter_context(Watch(self.database_url))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def enter(self, thing: AbstractContextManager[object]) -> None:
        """Leave it when the scene ends."""
        self._stack.enter_context(thing)

    @property
    def target_log(self) -> Path:
        return self.ground.folder / f"servers-{self.name}" / "requests"

    def pause(self, seconds: float, short: float) -> None:
        time.sleep(short if self.short else seconds)

    def start_workers_and_beat(self, beats: int = 1, *worker_words: str) -> None:
        for name in WORKERS:
            self.installation.start_worker(name, *worker_words)
        for number in range(beats):
            self.installation.start_beat(f"beat-{number + 1}")
        self.wait_for_listeners()

    def start_up(self) -> None:
        """`manage.py up` with its own broker and SQLite."""
        started = self.installation.log().count(STARTED)
        words = ("manage.py", "up", "--no-example", "--workers", str(len(WORKERS)), "--port", str(free_port()))
        self.installation.start("up", sys.executable, *words)
        self.wait_for(lambda: self.installation.log().count(STARTED) > started, "the address")

    def begin(self) -> None:
        """Calls are made, and answered."""
        self.installation.seed(self.target_url, self.load.calls, "/", self.load.interval)
        enough = min(self.load.calls, self.load.slots // 4)
        self.wait_for(lambda: self.watch.answered >= enough, "the first answers")

    def finish(self) -> None:
        """Nothing more is claimed; what is open ends; every process stops when it is told to."""
        for name in [name for name in self.installation.processes if name.startswith("beat")]:
            self.installation.end(name)
        for pid in self.family.members("dashboard\0beat"):  # a child of `up`, which would start it again
            os.kill(pid, SIGSTOP)
        if not self.installation.repair(PATIENCE_S):
            self.problems.append("slots stand open however often they are repaired")
        for name in list(self.installation.processes):
            self.installation.end(name)
        if left := self.left_behind():
            self.problems.append(f"processes left behind: {left}")

    def wait_for(self, condition, what: str, seconds: float = PATIENCE_S) -> None:  # type: ignore[no-untyped-def]
        wait_for(condition, seconds, what, self._last_words)

    def _last_words(self) -> str:
        ended, _, said = self.installation.log().partition("\n")
        fatal = said.rfind(FATAL)
        return f"{ended}\n{said[fatal : fatal + 4000] if fatal >= 0 else ''}\n...\n{said[-4000:]}"

    def wait_for_listeners(self) -> None:
        """Until each worker waits for messages; one that has ended by itself is started again, as `up` does."""
        if self.broker:
            self.wait_for(self._everybody_listens, "workers that listen")

    def _everybody_listens(self) -> bool:
        for name in WORKERS:
            if name in self.installation.processes and self.installation.processes[name].poll() is not None:
                self.installation.start_worker(name)
        assert self.broker
        return self.broker.listeners() >= len(WORKERS)

    @contextmanager
    def outage(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds_out += time.monotonic() - began

    @contextmanager
    def frozen(self, process: str) -> Iterator[None]:
        """SIGSTOP, and SIGCONT at the end."""
        found = self.installation.processes[process]
        found.send_signal(SIGSTOP)
        try:
            yield
        finally:
            found.send_signal(SIGCONT)

    def left_behind(self) -> list[int]:
        """Processes of the installation that outlive their end by seconds."""
        until = time.monotonic() + 5
        while (left := self.family.members()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def set_clock(self, seconds: int) -> None:
        """How far the clock of every process of the installation is ahead, from now on."""
        new = self.folder / "clock.new"
        new.write_text(f"{seconds:+d}")
        new.rename(self.folder / "clock")

    def _clock_environment(self) -> dict[str, str]:
        if not self.setting.own_clock:
            return {}
        self.set_clock(0)
        return {
            "LD_PRELOAD": str(clock_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_CACHE_DURATION": "1",  # seconds; without it every look at the clock reads the file: 60 us
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(Path(__file__).parent / "clock"),
        }

    def _database(self, stack: ExitStack) -> str:
        if self.setting.place is Place.SHARED_POSTGRESQL:
            return self.ground.database(self.name)
        if self.setting.place.is_postgresql:
            self.postgresql = stack.enter_context(Postgresql(self.disk, self.ground.family.env))
            return self.postgresql.url()
        folder = self.folder if self.setting.place is Place.UP else self.disk
        return f"sqlite:///{folder / 'answerback.sqlite3'}"

    def _note_leases(self) -> None:
        """Have the database itself count every lease that is granted."""
        kind = "postgresql" if self.setting.place.is_postgresql else "sqlite"
        with Database(self.database_url) as database:
            database.do(LEASE_TABLE.format(json="jsonb" if kind == "postgresql" else "text"))
            for statement in LEASE_TRIGGERS[kind]:
                database.do(statement)


@contextmanager
def _target(log: Path, seed: str, environment: Mapping[str, str]) -> Iterator[str]:
    command = (sys.executable, "-m", "tests.faults.target", log, seed)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()
