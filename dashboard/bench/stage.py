"""One measured run: a fresh database and broker, real Celery workers and beat, a load, and what came of it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.up import children

START_S = 6.0
WARM_UP_S = 10.0
"""From the first slot on, before the measured span begins: processes warm, first details written."""
SETTLE_S = 3.0
TICKS = os.sysconf("SC_CLK_TCK")
PYTHON = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class Load:
    """So many calls of ``url``, each once a second; ``hanging`` of a hundred are never answered within 10 s."""

    url: str
    calls: int
    hanging: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """``database`` and ``broker`` are the URLs of empty ones; ``workers`` is the number of worker processes.

    Where ``filled``, the database holds a history: its calls are taken off the timetable, its bytes are not counted.
    """

    database: str
    broker: str
    workers: int
    filled: bool = False

    def run(self, load: Load, seconds: float) -> dict[str, Any]:
        """The figures of ``seconds`` of the load (see dashboard.bench.inside). RuntimeError when nothing came."""
        with tempfile.TemporaryDirectory(prefix="answerback-bench-") as folder:
            environment = os.environ | self._environment(folder)
            inside(environment, "clear_timetable" if self.filled else "migrate")
            with self._processes(environment, Path(folder)) as workers:
                time.sleep(START_S)
                begin_ms = inside(environment, "seed", load.url, load.calls, load.hanging)["begin_ms"]
                _sleep_until(begin_ms, WARM_UP_S + (10 if load.hanging else 0))
                from_ms, measured = _now_ms(), self._measure(environment, workers, load, begin_ms, seconds)
                log = (Path(folder) / "log").read_text(errors="replace")[-2_000:]
                time.sleep(SETTLE_S + (10 if load.hanging else 0))
            figures = inside(environment, "figures", from_ms, from_ms + int(seconds * 1000))
            if not self.filled:
                figures["bytes_per_outcome"] = inside(environment, "sizes")
        if not measured["per_second"]:
            raise RuntimeError(f"nothing was stored in {seconds:g} s. The last lines of the processes:\n{log}")
        return {"offered_per_second": load.calls, "workers": self.workers} | figures | measured

    def _measure(
        self, environment: dict[str, str], workers: list[int], load: Load, begin_ms: int, seconds: float
    ) -> dict[str, Any]:
        with ExitStack() as stack:
            if load.hanging:
                watcher = stack.enter_context(_started(environment, "watch", seconds))
            first, used = inside(environment, "count", begin_ms), cpu_seconds(workers)
            time.sleep(seconds)
            last, used = inside(environment, "count", begin_ms), cpu_seconds(workers) - used
            resident = max(map(resident_mb, workers))
            watched = _answer(watcher, "watch") if load.hanging else {}
        stored, elapsed = last["sent"] - first["sent"], (last["at_ms"] - first["at_ms"]) / 1000
        return watched | {
            "per_second": round(stored / elapsed),
            "per_worker_cpu_second": round(stored / used) if used else None,
            "worker_rss_mb": round(resident),
        }

    def _environment(self, folder: str) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database.format(folder=folder),
            "CELERY_BROKER_URL": self.broker,
            "ANSWERBACK_VAR_DIR": folder,
            "ANSWERBACK_ALLOWED_NETWORKS": "127.0.0.0/8",
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        }

    @contextmanager
    def _processes(self, environment: dict[str, str], folder: Path) -> Iterator[list[int]]:
        """The worker and beat processes; the ids of the workers."""
        with ExitStack() as stack:
            log = stack.enter_context((folder / "log").open("wb"))
            running = []
            for child in (*(children.worker(number) for number in range(self.workers)), children.beat()):
                process = subprocess.Popen(child.argv, env=environment, stdout=log, stderr=log)  # noqa: S603
                stack.callback(_end, process)
                running.append(process)
            yield [process.pid for process in running[: self.workers]]


def inside(environment: dict[str, str], name: str, *arguments: object) -> dict[str, Any]:
    """Run dashboard.bench.inside in that environment and read its line. RuntimeError with what went wrong."""
    with _started(environment, name, *arguments) as process:
        return _answer(process, name)


def cpu_seconds(processes: Sequence[int]) -> float:
    """User and system time so far, children not counted."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes]
    return sum(int(field[11]) + int(field[12]) for field in fields) / TICKS


def resident_mb(pid: int) -> float:
    """Resident memory in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)


def _started(environment: dict[str, str], name: str, *arguments: object) -> subprocess.Popen[str]:
    command = (*PYTHON, "dashboard.bench.inside", name, *map(str, arguments))
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)  # noqa: S603


def _answer(process: subprocess.Popen[str], name: str) -> dict[str, Any]:
    output, errors = process.communicate()
    if process.returncode:
        said = [line for line in errors.splitlines() if line and not line[0].isspace()]
        raise RuntimeError(f"the bench's {name} failed: {said[-1] if said else process.returncode}")
    answer: dict[str, Any] = json.loads(output)
    return answer


def _now_ms() -> int:
    from apiclient.clock import now_ms

    return now_ms()


def _sleep_until(begin_ms: int, more_s: float) -> None:
    time.sleep(max(0.0, (begin_ms - _now_ms()) / 1000) + more_s)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
