"""Processes that tests start, found by a mark in their environment, grandchildren included."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

MARK = "ANSWERBACK_TEST_FAMILY"


class Family:
    """All processes whose environment carries a mark (``env`` hands it on) or whose title names ``folder``.

    A Valkey writes its title over its environment, but names its socket there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.mark = str(folder).encode(), uuid4().hex
        self.env = {**os.environ, MARK: self.mark}

    def members(self, word: str = "") -> list[int]:
        """Ids of those alive whose command line holds ``word``."""
        wanted = f"{MARK}={self.mark}".encode()
        return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if self._is_one(folder, wanted, word)]

    def _is_one(self, folder: Path, wanted: bytes, word: str) -> bool:
        try:
            # A zombie's environment reads as empty, so only the living are found.
            title = (folder / "cmdline").read_bytes()
            is_one = wanted in (folder / "environ").read_bytes() or self.folder in title
            return is_one and word.encode() in title
        except OSError:
            return False


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    found = Family(tmp_path)
    yield found
    for pid in found.members():
        os.kill(pid, signal.SIGKILL)


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
