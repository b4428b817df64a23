"""The supervisor with real processes: restarts, order, and nothing left behind however it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from dashboard.up.child import Child
from dashboard.up.supervisor import Supervisor
stages = [
    [Child(name, argv, grace_s=grace, address="unix:/none" if name == "never" else "") for name, argv, grace in stage]
    for stage in json.loads(sys.argv[1])
]
sys.exit(Supervisor(stages, lambda line: print(line, flush=True)).run("all ready"))
"""
ROOT = Path(__file__).parents[3]
SLEEP = ["sleep", "300"]
STUBBORN = ["sh", "-c", "trap '' TERM; echo stubborn; sleep 301 & wait; sleep 302"]
POLITE = ["sh", "-c", "trap 'echo bye from $0; exit 0' TERM; echo hello from $0; while :; do sleep 0.05; done"]


class Trial:
    """A supervisor in a process of its own, and the lines that it wrote."""

    def __init__(self, family, until, path: Path, stages: list, script: str) -> None:
        self.family, self.until, self.path = family, until, path
        with path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script, json.dumps(stages)], env=family.env, cwd=ROOT, stdout=output
            )

    @property
    def text(self) -> str:
        return self.path.read_text()

    def says(self, words: str) -> None:
        self.until(lambda: words in self.text, lambda: f"{words!r}; it said:\n{self.text}")

    def ends(self) -> int:
        code = self.process.wait(timeout=60)
        self.until(lambda: not self.family.members(), "the end of every process")
        return code


@pytest.fixture
def trial(family, until, tmp_path) -> Iterator[Callable[[list], Trial]]:
    started = []

    def start(stages: list, script: str = SCRIPT) -> Trial:
        started.append(Trial(family, until, tmp_path / "output", stages, script))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.ends()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_children(trial, number):
    running = trial([[["a", SLEEP, 5]], [["b", ["sh", "-c", "sleep 303 & sleep 304"], 5]]])
    running.says("all ready")
    running.process.send_signal(number)
    assert running.ends() == 0


def test_kill_9_of_the_supervisor_leaves_no_child(trial):
    running = trial([[["a", SLEEP, 5], ["b", SLEEP, 5]]])
    running.says("all ready")
    running.process.kill()
    assert running.ends() == -signal.SIGKILL


def test_a_killed_child_is_started_again(trial, family):
    running = trial([[["a", SLEEP, 5], ["b", POLITE, 5]]])
    running.says("hello from")
    (first,) = family.members("sleep\x00300")
    os.kill(first, signal.SIGKILL)
    running.says("a | ended (killed by SIGKILL); starts again in 1 s")
    running.until(lambda: [pid for pid in family.members("sleep\x00300") if pid != first], "its successor")


def test_what_a_dead_child_left_behind_ends_before_it_starts_again(trial, family):
    running = trial([[["a", ["sh", "-c", "sleep 305 & sleep 306; :"], 5]]])
    running.until(lambda: family.members("sleep\x00305") and family.members("sleep\x00306"), "both sleeps")
    (orphan,) = family.members("sleep\x00305")
    (parent,) = family.members("sh\x00-c")
    os.kill(parent, signal.SIGKILL)
    running.says("ended (killed by SIGKILL)")
    running.until(lambda: orphan not in family.members(), "the end of the orphan")


def test_later_stages_stop_first(trial):
    running = trial([[["first", [*POLITE, "first"], 5]], [["second", [*POLITE, "second"], 5]]])
    running.says("hello from second")
    running.process.terminate()
    assert running.ends() == 0
    assert running.text.index("bye from second") < running.text.index("bye from first")


def test_who_outstays_the_grace_is_killed(trial):
    running = trial([[["a", STUBBORN, 0.3]]])
    running.says("stubborn")
    running.process.terminate()
    assert running.ends() == 0


def test_a_second_signal_kills_at_once(trial):
    running = trial([[["a", STUBBORN, 3600]]])
    running.says("stubborn")
    running.process.send_signal(signal.SIGINT)
    running.until(lambda: running.process.poll() is None, "a moment")
    running.process.send_signal(signal.SIGTERM)
    assert running.ends() == 0


def test_a_start_that_cannot_succeed_is_given_up_and_leaves_nothing(trial):
    running = trial([[["good", SLEEP, 5]], [["never", ["sh", "-c", "echo no such luck; exit 3"], 5]]])
    running.says("Giving up")
    assert running.ends() == 1
    assert "never | no such luck" in running.text
    assert "ended (exit code 3)" in running.text


def test_a_discreet_child_speaks_only_when_it_dies_unbidden(trial, family):
    command = json.dumps(["sh", "-c", "echo mumble; sleep 308"])
    script = SCRIPT.replace("grace_s=grace", f"grace_s=grace, discreet=argv == {command}")
    assert script != SCRIPT
    running = trial([[["a", json.loads(command), 5], ["b", POLITE, 5]]], script)
    running.says("hello from")
    running.until(lambda: family.members("sleep\x00308"), "the child")
    assert "mumble" not in running.text
    os.kill(family.members("sh\x00-c\x00echo mumble")[0], signal.SIGKILL)
    running.says("a | mumble\n")


def test_a_command_that_does_not_exist_is_told(trial):
    running = trial([[["bad", ["/nonexistent/program"], 5]]])
    running.says("could not start")
    assert running.ends() == 1


def test_lines_are_passed_on_whole_and_with_the_name_of_their_child(trial):
    running = trial([[["a", ["sh", "-c", "printf half; sleep 0.2; printf ' and half\\nlast words'"], 5]]])
    running.says("last words")
    assert "a | half and half\n" in running.text
    running.process.terminate()
    running.ends()


def test_a_child_that_closes_its_output_lives_on(trial, family):
    running = trial([[["a", ["sh", "-c", "exec >&- 2>&-; exec sleep 307"], 5]]])
    running.says("all ready")
    running.until(lambda: family.members("sleep\x00307"), "the child")
    running.process.terminate()
    assert running.ends() == 0
