"""Servers of a trial's own, that may be killed: a PostgreSQL cluster, and a broker on a private socket."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from dashboard.up.broker import find_server
from tests.installation import wait_for

SUPERUSER = "postgres"


def postgresql_programs() -> Path | None:
    """The folder that holds initdb and postgres, None where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        found.append(Path(told) / "initdb")
    return next((path.parent for path in reversed(found) if (path.parent / "postgres").exists()), None)


class Postgresql:
    """A cluster in ``folder``. PostgreSQL refuses to run as root, so root runs it as the user `postgres`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.data, self.environment = folder / "postgresql", dict(environment)
        self.user = SUPERUSER if os.getuid() == 0 else None
        programs = postgresql_programs()
        assert programs, "no PostgreSQL server is installed here (Debian: apt install postgresql)"
        self.programs = programs
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def __enter__(self) -> "Postgresql":
        self.data.mkdir(mode=0o700)
        if self.user:
            shutil.chown(self.data, self.user, self.user)
        # Small segments of the log, so that a small disk holds some of them.
        words = ("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
        assert self._run(self.programs / "initdb", "-D", self.data, *words).wait(timeout=60) == 0, "initdb failed"
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)

    def start(self) -> None:
        """Start, and wait until it answers; where a full disk stops it, until it does not."""
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "300",
            "max_wal_size": "32MB",
            "min_wal_size": "2MB",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self.process = self._run(self.programs / "postgres", "-D", self.data, *words)
        wait_for(self.answers, 60, "an answer of PostgreSQL")

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to the postmaster and every backend at once."""
        assert self.process
        for pid in (self.process.pid, *_children(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def _run(self, *command: object) -> subprocess.Popen[bytes]:
        who = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        return subprocess.Popen(
            list(map(str, command)),
            env=self.environment,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **who,  # type: ignore[call-overload]
        )


class Broker:
    """A Redis or Valkey on a socket in ``folder``; a ``lasting`` one finds its messages again after a kill."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, lasting: bool) -> None:
        self.folder, self.environment, self.lasting = folder, dict(environment), lasting
        self.socket = folder / "broker.sock"
        self.client = redis.Redis(unix_socket_path=str(self.socket))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.kill()

    def start(self) -> None:
        options = ("--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "")
        command = (find_server()[1], *options, "--appendonly", "yes" if self.lasting else "no")
        self.process = subprocess.Popen(
            list(map(str, command)), env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(self.answers, 20, "an answer of the broker")

    def answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client.ping())
        return False

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def listeners(self) -> int:
        """How many workers wait for a message."""
        with suppress(redis.RedisError):
            return sum(client["cmd"] == "brpop" for client in self.client.client_list())
        return 0


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
