"""Supervisor: starts children in stages, passes their lines on, restarts what dies, leaves nothing behind."""

import json
import os
import selectors
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import NoReturn

from dashboard.up.child import Child, Running

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
STEADY_S = 60.0
"""A child that ran this long starts again with the shortest pause."""
EARLY_DEATHS = 3
"""So many deaths of one child before everything was ready once, and the start is given up."""
POLL_S = 0.1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """Runs ``stages`` of children: a stage starts when all of the one before are ready, and they stop in reverse.

    Everything happens in the main thread: a child is tied to the life of the thread that started it.
    """

    def __init__(self, stages: Sequence[Sequence[Child]], write: Callable[[str], None]) -> None:
        self.stages, self.write = stages, write
        self.running: dict[str, Running] = {}
        self.pauses: dict[str, float] = {}
        self.due: dict[str, tuple[float, Child]] = {}
        self.deaths: Counter[str] = Counter()
        self.is_ready = False
        self.stops = 0
        self._width = max((len(child.name) for stage in stages for child in stage), default=0)
        self._selector = selectors.DefaultSelector()

    def run(self, welcome: str) -> int:
        """Until SIGTERM, SIGINT or SIGHUP; 0, or 1 where it could not start. A second signal kills at once.

        ``welcome`` is said when everything is ready.
        """
        self._listen()
        try:
            if self._start_all():
                self.is_ready = True
                self._tell(welcome)
                while not self.stops:
                    self._step(self._next_due())
            return 0 if self.stops else 1
        finally:
            self._stop_all()

    def _listen(self) -> None:
        """Wake up for signals: one to stop, and SIGCHLD so that a death is seen without asking."""
        self._wakeup, write_end = os.pipe()
        for end in (self._wakeup, write_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        self._selector.register(self._wakeup, selectors.EVENT_READ, None)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in STOPPING:
            signal.signal(number, self._on_stop)

    def _on_stop(self, number: int, frame: object) -> None:
        self.stops += 1
        if self.stops > 1:
            for running in list(self.running.values()):
                running.kill()

    def _start_all(self) -> bool:
        """Stage by stage; False where it was stopped or had to be given up."""
        for stage in self.stages:
            for child in stage:
                self._start(child)
            waits = count(1)
            while not self._is_up(stage):
                self._step(min(1.0, POLL_S * next(waits)))
                if self.stops or self._is_hopeless():
                    return False
        return not self.stops

    def _is_hopeless(self) -> bool:
        for name, deaths in self.deaths.items():
            if deaths >= EARLY_DEATHS:
                self._say(name, f"ended {deaths} times before it was ready: its lines above say why. Giving up.")
                return True
        return False

    def _is_up(self, stage: Sequence[Child]) -> bool:
        return all(child.name in self.running and child.is_ready() for child in stage)

    def _start(self, child: Child) -> None:
        self.due.pop(child.name, None)
        try:
            running = self.running[child.name] = Running(child)
        except OSError as error:
            self._plan(child, f"could not start: {error}")
        else:
            self._selector.register(running.output, selectors.EVENT_READ, running)

    def _next_due(self) -> float | None:
        """Seconds until the next restart, None where nothing waits."""
        return min((max(0.0, due - time.monotonic()) for due, _ in self.due.values()), default=None)

    def _step(self, timeout_s: float | None) -> None:
        """Wait for something to happen, then do what it asks for."""
        for key, _ in self._selector.select(timeout_s):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self._wakeup, 1 << 16)
            else:
                self._pass_on(key.data, key.data.lines())
                if key.data.is_silent:
                    self._selector.unregister(key.fd)
        for running in [running for running in self.running.values() if running.process.poll() is not None]:
            self._bury(running)
        for due, child in list(self.due.values()):
            if due <= time.monotonic() and not self.stops:
                self._start(child)

    def _pass_on(self, running: Running, lines: list[str]) -> None:
        for line in lines:
            self._say(running.child.name, line)

    def _say(self, name: str, line: str) -> None:
        self._tell(f"{name:<{self._width}} | {line}")

    def _tell(self, line: str) -> None:
        with suppress(OSError):  # nobody reads any more; the work goes on
            self.write(line)

    def _bury(self, running: Running) -> None:
        """A child ended: say its last words, end what it left behind, and plan its return."""
        running.kill()
        if not running.is_silent:
            self._selector.unregister(running.output)
        last_lines = running.last_lines()
        if not (self.stops and running.child.discreet):
            self._pass_on(running, last_lines)
        del self.running[running.child.name]
        if running.age_s() > STEADY_S:
            self.pauses.pop(running.child.name, None)
        if not self.stops:
            self._plan(running.child, f"ended ({_cause(running.process.returncode)})")

    def _plan(self, child: Child, why: str) -> None:
        """Start it again, later and later as long as it keeps dying."""
        if not self.is_ready:
            self.deaths[child.name] += 1
        pause = self.pauses.get(child.name, SHORTEST_PAUSE_S)
        self.pauses[child.name] = min(pause * 2, LONGEST_PAUSE_S)
        self.due[child.name] = (time.monotonic() + pause, child)
        self._say(child.name, f"{why}; starts again in {pause:.0f} s")

    def _stop_all(self) -> None:
        """TERM to the last stage first, KILL to whoever outstays its grace."""
        self._tell("Stopping: what is on the wire is finished first ...")
        self.stops = max(self.stops, 1)
        for stage in reversed(self.stages):
            self._stop([self.running[child.name] for child in stage if child.name in self.running])

    def _stop(self, stage: list[Running]) -> None:
        began = time.monotonic()
        for running in stage:
            running.signal(signal.SIGTERM)
        while alive := [running for running in stage if self.running.get(running.child.name) is running]:
            for running in alive:
                if self.stops > 1 or time.monotonic() - began > running.child.grace_s:
                    running.kill()
            self._step(POLL_S)


def become(stages: Sequence[Sequence[Child]], welcome: str, root: Path) -> NoReturn:
    """Turn this process into the supervisor of ``stages``: the same process id, without the memory of Django.

    ``root`` is the folder that holds this package. Inheritable descriptors stay open, and with them a lock.
    """
    read_end, write_end = os.pipe()
    os.set_inheritable(read_end, True)
    with os.fdopen(write_end, "w") as plan:
        json.dump({"stages": [[asdict(child) for child in stage] for stage in stages], "welcome": welcome}, plan)
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "dashboard.up.supervisor", str(read_end)]
    os.execve(sys.executable, command, os.environ | {"PYTHONPATH": path})  # noqa: S606


def main() -> int:
    with os.fdopen(int(sys.argv[1])) as file:
        plan = json.load(file)
    stages = [[Child(**child) for child in stage] for stage in plan["stages"]]
    return Supervisor(stages, lambda line: print(line, flush=True)).run(plan["welcome"])  # noqa: T201


def _cause(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


if __name__ == "__main__":
    sys.exit(main())
