"""What the tests of `up` share: its family of processes, patience, a free port."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.family import Family


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    found = Family(tmp_path)
    yield found
    found.kill()


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait for a condition; the patience is long, for it is only used up by a failure."""

    def wait(condition: Callable[[], object], what: str | Callable[[], str], patience_s: float = 60.0) -> None:
        deadline = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"waited {patience_s:.0f} s in vain for {what if isinstance(what, str) else what()}")
            time.sleep(0.05)

    return wait


@pytest.fixture
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            return int(trial.getsockname()[1])

    return find
