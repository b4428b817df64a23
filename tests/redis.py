"""A Redis or Valkey of a test's own, on a unix socket, as `up` starts it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.up import broker
from tests.installation import wait_for


@contextmanager
def redis_server() -> Iterator[Path]:
    """The socket that it listens on."""
    with TemporaryDirectory(prefix="ab-redis-") as folder:
        path = Path(folder) / "broker.sock"
        process = subprocess.Popen(broker.embedded(path).argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(path.exists, 30, "a socket of the server")
            yield path
        finally:
            process.kill()
            process.wait()
