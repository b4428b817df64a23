"""What the default installation costs while it does little: CPU and memory of everything that `up` started."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dashboard.bench import servers
from dashboard.bench.stage import cpu_seconds, inside, resident_mb
from dashboard.bench.tables import markdown

CALLS = 100
INTERVAL_S = 60
PATIENCE_S = 120.0
WARM_UP_S = 90.0
"""Every call ran once, and what a start costs is over."""
STOP_S = 30.0


def measure(seconds: float) -> dict[str, Any]:
    """The share of one core and the MiB of all children together, over ``seconds`` of 100 calls once a minute."""
    with tempfile.TemporaryDirectory(prefix="answerback-idle-") as folder, servers.target() as url:
        environment = os.environ | _environment(folder)
        with _up(environment):
            inside(environment, "seed", url, CALLS, 0, INTERVAL_S)
            time.sleep(WARM_UP_S)
            processes = _family(_supervisor(folder))
            used = cpu_seconds(processes)
            time.sleep(seconds)
            used = cpu_seconds(processes) - used
            return {
                "calls": CALLS,
                "processes": len(processes),
                "cpu_share": round(used / seconds, 4),
                "resident_mb": round(sum(map(resident_mb, processes))),
            }


def table(found: dict[str, Any]) -> str:
    cells = [f"{found['calls']} once a minute", str(found["processes"])]
    cells += [f"{found['cpu_share']:.1%} of a core", f"{found['resident_mb']} MB"]
    return markdown(["calls", "processes of `up`", "CPU", "RSS together"], [cells])


def _environment(folder: str) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {"DATABASE_URL": "", "CELERY_BROKER_URL": "", "HOST": "127.0.0.1", "PORT": str(port)}
    return given | {"ANSWERBACK_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}


@contextmanager
def _up(environment: dict[str, str]) -> Iterator[None]:
    command = (sys.executable, "manage.py", "up", "--no-example", "--stop-with-parent")
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = []
            for line in process.stdout or ():
                said.append(line)
                if "Answerback is at" in line:
                    break
            else:
                raise servers.BenchError(f"idle: `up` did not start: {' '.join(said[-3:])}")
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=STOP_S)
            process.kill()


def _supervisor(folder: str) -> int:
    return int((Path(folder) / "up.lock").read_text())


def _family(pid: int) -> list[int]:
    """The process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]
