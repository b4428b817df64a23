"""The product's web server as `up` starts it, with a login that asks it; on PostgreSQL, loopback only."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.bench.servers import BenchError
from dashboard.bench.stage import inside
from dashboard.up import children

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Web:
    """``pids`` are the server's processes; ``headers`` are those of somebody who may do everything."""

    port: int
    pids: list[int]
    headers: dict[str, str]
    environment: dict[str, str]


@contextmanager
def web(database_url: str, processes: int = 1) -> Iterator[Web]:
    """A server of so many processes on this empty database. BenchError when it does not start."""
    with tempfile.TemporaryDirectory(prefix="answerback-bench-") as folder:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "CELERY_BROKER_URL": "redis://127.0.0.1:1",
            "ANSWERBACK_VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "WEB_CONCURRENCY": str(processes),
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }
        inside(environment, "migrate")
        headers = inside(environment, "sign_in")
        port, log = _free_port(), Path(folder) / "log"
        with (
            log.open("wb") as said,
            subprocess.Popen(  # noqa: S603
                children.web("127.0.0.1", port).argv, env=environment, stdout=said, stderr=said
            ) as process,
        ):
            try:
                _wait(port, process, log)
                yield Web(port, _family(process.pid), headers, environment)
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[Any]", log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            time.sleep(1)  # its processes begin after its socket
            return
    raise BenchError(f"the web server did not start: {log.read_text(errors='replace')[-400:]}")


def _family(pid: int) -> list[int]:
    children_of = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children_of)]
