"""Processes that tests start, found by a mark in their environment, grandchildren included."""

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

MARK = "ANSWERBACK_TEST_FAMILY"


class Family:
    """All processes whose environment carries a mark (``env`` hands it on) or whose title names ``folder``.

    A Valkey writes its title over its environment, but names its socket there. ``name`` is that of the mark's
    variable, so that families can stand inside each other.
    """

    def __init__(self, folder: Path, name: str = MARK, environment: Mapping[str, str] = os.environ) -> None:
        self.folder, self.mark = str(folder).encode(), f"{name}={uuid4().hex}"
        self.env = {**environment, name: self.mark.partition("=")[2]}

    def members(self, word: str = "") -> list[int]:
        """Ids of those alive whose command line holds ``word``."""
        wanted = self.mark.encode()
        return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if self._is_one(folder, wanted, word)]

    def kill(self, word: str = "") -> list[int]:
        """SIGKILL to the members; their ids."""
        members = self.members(word)
        for pid in members:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return members

    def _is_one(self, folder: Path, wanted: bytes, word: str) -> bool:
        try:
            # A zombie's environment reads as empty, so only the living are found.
            title = (folder / "cmdline").read_bytes()
            is_one = wanted in (folder / "environ").read_bytes() or self.folder in title
            return is_one and word.encode() in title
        except OSError:
            return False
