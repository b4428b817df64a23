"""What `make faults` runs: every fault three times at random moments, and a table of what came of it.

Ends with 1 where an invariant is broken. Everything it needs it starts itself, and ends.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from secrets import randbelow
from types import FrameType

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from tests.faults.fault import FAULTS, Fault
from tests.faults.ground import Ground
from tests.faults.judge import Findings
from tests.faults.trial import attempt

HEADS = ("fault", "rounds", "slots", "lost", "doubled", "sent twice (POST)", "worker_lost", "missed", "longest open")


def main() -> int:
    options = _options()
    chosen = [fault for fault in FAULTS if any(word in fault.name for word in options.k or [""])]
    if not chosen:
        sys.exit(f"-k {' '.join(options.k)}: no fault is called so. There are: {', '.join(f.name for f in FAULTS)}")
    signal.signal(signal.SIGTERM, _stop)
    _say(f"seed {options.seed} (--seed repeats its moments)")
    left_out = {fault.name: problem for fault in chosen if (problem := fault.setting.problem())}
    # In each round the longest first, so that the end does not wait for one of them.
    ordered = sorted((fault for fault in chosen if fault.name not in left_out), key=lambda fault: -fault.load.seconds)
    tasks = [(fault, number + 1) for number in range(options.rounds) for fault in ordered]
    results: dict[str, list[Findings]] = {fault.name: [] for fault in chosen}
    with Ground() as ground, ThreadPoolExecutor(options.jobs) as pool:
        try:
            for fault, found in pool.map(lambda task: _attempt(ground, *task, options), tasks):
                results[fault.name].append(found)
        except (KeyboardInterrupt, SystemExit):
            ground.abandon()
            os._exit(130)  # the threads of the trials would wait for what is gone
    _say(table(results, left_out))
    return int(any(found.broken for each in results.values() for found in each))


def table(results: dict[str, list[Findings]], left_out: dict[str, str]) -> str:
    """Markdown; what is broken or left out follows in a list."""
    rows, notes = [], []
    for name, each in results.items():
        total = Findings()
        for found in each:
            total.add(found)
        rows.append(_cells(name, len(each), total))
        notes += [f"- {name} BROKEN: {broken.splitlines()[0]}" for broken in total.broken]
    notes += [f"- {name} left out: {problem}" for name, problem in left_out.items()]
    lines = map(_line, (HEADS, ["---"] * len(HEADS), *rows))
    return "\n".join(["", *lines, "", *notes])


def _cells(name: str, rounds: int, found: Findings) -> tuple[str, ...]:
    figures = (found.slots, found.lost, found.doubled, found.sent_twice, found.worker_lost, found.missed)
    return (name, str(rounds), *(f"{figure:,}" for figure in figures), f"{found.longest_open:.1f} s")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _attempt(ground: Ground, fault: Fault, number: int, options: argparse.Namespace) -> tuple[Fault, Findings]:
    began = time.monotonic()
    found = attempt(ground, fault, options.seed, number=number, short=options.short)
    took = time.monotonic() - began
    _say(f"{time.strftime('%H:%M:%S')} after {took:.0f} s {_line(_cells(fault.name, number, found))}")
    for broken in found.broken[:10]:
        _say(f"    BROKEN: {broken}")
    return fault, found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("-k", action="append", metavar="WORD", help="only faults whose name contains it, or another -k")
    parser.add_argument("--rounds", type=_whole, default=3, help="times that each strikes (default 3)")
    parser.add_argument("--jobs", type=_whole, default=3, help="trials side by side (default 3)")
    parser.add_argument("--seed", default=str(randbelow(1_000_000)), help="of the random moments (default: a new one)")
    parser.add_argument("--short", action="store_true", help="about a thousand slots each, as in `make test`")
    return parser.parse_args()


def _whole(text: str) -> int:
    if text.isascii() and text.isdecimal() and 0 < int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100")


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(130)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
