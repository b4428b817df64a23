"""Child: one supervised process, from its first moment to its last."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dashboard.up.knock import answers

PR_SET_PDEATHSIG = 1
LONGEST_LINE = 64 << 10
KEPT_LINES = 20
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Child:
    """What to run. ``env`` is added to this process's own; ``grace_s`` is the time from TERM to KILL; ``address``
    is where to knock to learn whether it does its work yet; of a ``discreet`` one only last words are shown."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    grace_s: float = 10.0
    address: str = ""
    discreet: bool = False

    def is_ready(self) -> bool:
        return answers(self.address)


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process a signal when its parent ends, however it ends. Linux only."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


class Running:
    """A started child: its process, what is left of its last line, and when it began."""

    def __init__(self, child: Child) -> None:
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent()
            if os.getppid() != parent:  # it ended before the kernel was asked
                os._exit(1)

        self.child = child
        self.began = time.monotonic()
        self.output, write_end = os.pipe()
        try:
            self.process = subprocess.Popen(  # noqa: S603  (what runs is written in `children`)
                child.argv,
                env=os.environ | child.env,
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=subprocess.STDOUT,
                # A session of its own: Ctrl-C reaches the supervisor alone; grandchildren share its group.
                start_new_session=True,
                preexec_fn=prepare,
            )
        except OSError:
            os.close(self.output)
            raise
        finally:
            os.close(write_end)
        os.set_blocking(self.output, False)
        self.is_silent = False
        """Whether the other end of its output is closed: nothing more will come."""
        self._rest = b""
        self._kept: deque[str] = deque(maxlen=KEPT_LINES)

    def age_s(self) -> float:
        return time.monotonic() - self.began

    def lines(self) -> list[str]:
        """The whole lines to show that came since the last time, never waiting."""
        lines = self._whole_lines()
        if not self.child.discreet:
            return lines
        self._kept.extend(lines)
        return []

    def _whole_lines(self) -> list[str]:
        *whole, self._rest = (self._rest + self._read()).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            whole, self._rest = [*whole, self._rest], b""
        return [text for line in whole if (text := line.decode(errors="replace").rstrip())]

    def last_lines(self) -> list[str]:
        """What is left to say after the end, a line without an end included; closes the pipe."""
        lines = [*self._kept, *self._whole_lines(), *([self._rest.decode(errors="replace")] if self._rest else [])]
        self._kept.clear()
        self._rest = b""
        os.close(self.output)
        return lines

    def signal(self, number: int) -> None:
        """To the process alone, which passes on to its own children what they need to know."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """The process and everything it started in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _read(self) -> bytes:
        found = b""
        with suppress(BlockingIOError):
            while len(found) < LONGEST_LINE and not self.is_silent:
                chunk = os.read(self.output, 1 << 16)
                self.is_silent = not chunk
                found += chunk
        return found
