"""A whole installation for a test: own database, own folder, real worker and beat processes that can be killed."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from dashboard.up import children
from tests.database import Database

SEED = """
import json, sys
from tests.builders import make_call, make_service
service = make_service(name="Flow", base_url=sys.argv[1])
for number in range(int(sys.argv[2])):
    method = "POST" if number % 4 == 0 else "GET"
    path, interval = f"{sys.argv[3]}?call={number}", int(sys.argv[4])
    make_call(service, method=method, path=path, interval_seconds=interval, timeout_ms=2000)
"""
REPAIR = """
import sys, time
import dashboard.celery
from apiclient import tasks
from apiclient.models import Batch
until = time.monotonic() + float(sys.argv[1])
while Batch.objects.exists() and time.monotonic() < until:
    tasks.reap()
    time.sleep(1)
print(Batch.objects.count())
"""
END_S = 120.0
COUNTS = {"all": "TRUE", "answered": "status_code = 200", "lost": "failure = 13", "missed": "failure = 14"}


class Installation:
    """``database`` and ``broker`` are URLs; processes are started by name and ended or killed by it.

    ``environment`` is what the processes inherit beside that.
    """

    def __init__(self, folder: Path, database: str, broker: str, environment: Mapping[str, str] = os.environ) -> None:
        self.folder, self.database = folder, database
        self.environment = {
            **environment,
            "ANSWERBACK_VAR_DIR": str(folder),
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": broker,
            "ANSWERBACK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "LOG_LEVEL": "WARNING",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started = 0
        self._log = (folder / "processes.log").open("wb")

    def __enter__(self) -> "Installation":
        self.manage("migrate", "-v0")
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.kill(name)
        self._log.close()

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "manage.py", *arguments)
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=check)

    def python(self, source: str, *arguments: str) -> str:
        """Run a piece of code inside the installation's database; what it prints."""
        start = f"import django; django.setup()\n{source}"
        command = (sys.executable, "-c", start, *arguments)
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def seed(self, url: str, calls: int, path: str = "/status/200", interval: int = 1) -> None:
        """So many calls of ``path``, every fourth a POST, each every ``interval`` seconds."""
        self.python(SEED, url, str(calls), path, str(interval))

    def repair(self, seconds: float) -> bool:
        """Heal by hand, where no beat asks for it any more, until no slot is open; whether that came about."""
        return int(self.python(REPAIR, str(seconds))) == 0

    def counts(self) -> dict[str, int]:
        return {name: self.count(condition) for name, condition in COUNTS.items()}

    def count(self, condition: str) -> int:
        """How many outcomes meet this SQL condition, asked without starting a process."""
        with Database(self.database) as database:
            return int(database.rows(f"SELECT count(*) FROM apiclient_outcome WHERE {condition}")[0][0])

    def verify(self) -> dict[str, Any]:
        done = self.manage("verify", "--json", check=False)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found | {"exit_code": done.returncode}

    def start_worker(self, name: str, *words: str) -> None:
        """A worker as `up` starts it, with more words for Celery; servers see its name as User-Agent."""
        self.start(name, *children.worker(self._started).argv, *words, ANSWERBACK_USER_AGENT=name)

    def start_beat(self, name: str = "beat") -> None:
        self.start(name, *children.beat().argv)

    def start_web(self, port: int) -> None:
        self.start("web", *children.web("127.0.0.1", port).argv)

    def kill(self, name: str) -> None:
        """SIGKILL: no farewell."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def end(self, name: str) -> None:
        """SIGTERM, and wait for the process to finish its work."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            state = Path(f"/proc/{process.pid}/status").read_text()
            process.kill()
            process.wait()
            raise AssertionError(f"{name} did not end within {END_S:g} s\n{state}\n{self.log()}") from None

    def log(self) -> str:
        """What the processes said, and which of them have ended."""
        ended = {name: process.poll() for name, process in self.processes.items() if process.poll() is not None}
        return f"ended: {ended}\n" + (self.folder / "processes.log").read_text(errors="replace")

    def start(self, name: str, *command: str, **environment: str) -> None:
        """Workers, beats and the web server are run by the very commands of `up`."""
        self._started += 1
        if name in self.processes:  # one that has ended by itself
            self.kill(name)
        self.processes[name] = subprocess.Popen(
            command, env=self.environment | environment, stdout=self._log, stderr=self._log
        )


@contextmanager
def postgresql_database(server: str) -> Iterator[str]:
    """The URL of a database of its own, gone afterwards."""
    name = f"answerback_flow_{uuid.uuid4().hex[:12]}"
    base = server.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{base}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def wait_for(condition: Callable[[], bool], seconds: float, what: str, log: Callable[[], str] = str) -> None:
    """Look again and again; AssertionError with ``what``, and the log, when it does not come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about within {seconds:g} s\n{log()}"
        time.sleep(0.5)
