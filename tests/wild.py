"""Servers that nobody here wrote, as children: they end with the test, however it ends."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
# In a process of its own: what asks the kernel for this between fork and exec is no friend of threads.
MORTAL = """
import os, signal, sys
from dashboard.up.child import die_with_parent
die_with_parent(signal.SIGTERM)
os.execv(sys.argv[1], sys.argv[1:])
"""


@contextmanager
def running(command: Sequence[str], sockets: Sequence[int], env: Mapping[str, str] | None = None) -> Iterator[None]:
    """The command, absolute, given these listening sockets under the same numbers: no port to wait for or lose."""
    server = subprocess.Popen(
        [sys.executable, "-c", MORTAL, *command], cwd=ROOT, pass_fds=sockets, env={**os.environ, **(env or {})}
    )
    try:
        yield
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
