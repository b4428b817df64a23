"""What faults need around them: where the database is, how much load, and what the trials of a run share."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Lock

from tests.database import Database
from tests.family import Family
from tests.faults.server import Postgresql, postgresql_programs
from tests.installation import Installation

TEMPLATE = "faults_template"


class Place(Enum):
    """Where the database is: in the cluster of all trials, one of its own, on a small disk, or where `up` has it."""

    SHARED_POSTGRESQL = auto()
    OWN_POSTGRESQL = auto()
    SMALL_POSTGRESQL = auto()
    SMALL_SQLITE = auto()
    UP = auto()

    @property
    def is_postgresql(self) -> bool:
        return self.name.endswith("POSTGRESQL")


DISK_MEGABYTES = {Place.SMALL_POSTGRESQL: 160, Place.SMALL_SQLITE: 24}


@dataclass(frozen=True)
class Load:
    """So many calls, each every ``interval`` seconds, for so many seconds."""

    calls: int = 400
    seconds: int = 30
    interval: int = 1

    @property
    def slots(self) -> int:
        return self.calls * self.seconds // self.interval


@dataclass(frozen=True)
class Setting:
    """What a fault needs around it: the database's place, a broker that keeps its messages, a clock that can be set."""

    place: Place = Place.SHARED_POSTGRESQL
    lasting_broker: bool = True
    own_clock: bool = False

    def problem(self) -> str:
        """Why this cannot be had here; '' when it can."""
        if self.place.is_postgresql and postgresql_programs() is None:
            return "no PostgreSQL server is installed (Debian: apt install postgresql)"
        if self.own_clock and clock_library() is None:
            return "libfaketime is not installed (Debian: apt install faketime)"
        if self.place in DISK_MEGABYTES and not _may_mount():
            return "this user may not mount a small disk (root may)"
        return ""


class Ground:
    """What the trials of one run share: a folder, and a PostgreSQL cluster with the tables made."""

    def __enter__(self) -> "Ground":
        self._stack = ExitStack()
        # /tmp, since a broker's socket has room for 107 bytes of path.
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ab-faults-", dir="/tmp")))
        self.folder.chmod(0o711)  # the user of PostgreSQL passes through
        self.family = Family(self.folder, "ANSWERBACK_TEST_RUN")
        self._shared: Postgresql | None = None
        self._lock = Lock()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def abandon(self) -> None:
        """End everything at once: trials that still run find nothing left."""
        while self.family.kill():
            time.sleep(0.1)
        for line in Path("/proc/mounts").read_text().splitlines():
            if (point := line.split()[1]).startswith(str(self.folder)):
                subprocess.run(("umount", "--lazy", point))
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, name: str) -> str:
        """The URL of a fresh database in the shared cluster, its tables made."""
        with self._lock:
            if self._shared is None:
                shared = self._stack.enter_context(Postgresql(self.folder, self.family.env))
                with Database(shared.url()) as database:
                    database.do(f"CREATE DATABASE {TEMPLATE}")
                folder = self.folder / TEMPLATE
                folder.mkdir()
                with Installation(folder, shared.url(TEMPLATE), "", self.family.env):
                    pass  # which makes the tables
                self._shared = shared
            with Database(self._shared.url()) as database:
                database.do(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        return self._shared.url(name)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(
        ("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "answerback", folder),
        check=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield folder
    finally:
        subprocess.run(("umount", "--lazy", folder), check=True)


def _may_mount() -> bool:
    try:
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder) / "disk", 1):
            return True
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False


def clock_library() -> Path | None:
    """libfaketime for processes with threads, None where it is not installed."""
    if shutil.which("faketime") is None:
        return None
    return next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
