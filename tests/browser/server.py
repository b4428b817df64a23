"""The product's own web server on a real socket, with a folder and a database of its own, filled with ``content``."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from tests.database import Database
from tests.installation import Installation, wait_for

PREPARE = """
from django.core.management import call_command
from tests.browser import content
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
content.fill()
"""
ADD = "import sys\nfrom tests.browser import content\ncontent.add(*sys.argv[1:])"
NO_BROKER = "redis://127.0.0.1:1"
READY_S = 60
DATABASE, KNOWN = "site.sqlite3", "known.json"


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass
class Site:
    """An installation whose web server answers at ``url``; ``known`` is what ``content.fill`` printed."""

    installation: Installation
    port: int
    known: dict[str, Any]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, path: str) -> str:
        """The whole address of a path, in which {names} stand for the ids of what was made."""
        return self.url + path.format(**self.known["ids"])

    def cookie(self, user: str) -> Any:
        """The session of ``user``, as Playwright wants it."""
        return {"name": "sessionid", "value": self.known["sessions"][user], "url": self.url}

    def add(self, call: str, code: int) -> int:
        """Store one more outcome of this call, as a worker would; its id."""
        return int(self.installation.python(ADD, str(self.known["ids"][call]), str(code)))

    def do(self, statement: str) -> None:
        """Change the database behind the product's back."""
        with Database(self.installation.database) as database:
            database.do(statement)


@contextmanager
def opened(folder: Path, prepared: Path) -> Iterator[Site]:
    """A site with all of ``content`` until the block ends, made in ``folder`` as a copy of what ``prepare`` made."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    with _served(folder, f"sqlite:///{folder / DATABASE}") as site:
        yield site


@contextmanager
def opened_without_database(folder: Path, prepared: Path) -> Iterator[Site]:
    """The same with a database that does not answer: nothing listens on its port."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    with _served(folder, f"postgresql://postgres@127.0.0.1:{free_port()}/nothing") as site:
        yield site


def prepare(folder: Path) -> None:
    """Static files, database and ``content`` in a folder, once for all processes that ask for it."""
    folder.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (folder / KNOWN).exists():
            with _installation(folder, f"sqlite:///{folder / DATABASE}") as installation:
                (folder / KNOWN).write_text(installation.python(PREPARE))


@contextmanager
def _installation(folder: Path, database: str) -> Iterator[Installation]:
    with ExitStack() as stack:
        installation = Installation(folder, database, NO_BROKER)
        stack.push(installation)  # to be left as others are; entering it would migrate
        yield installation


@contextmanager
def _served(folder: Path, database: str) -> Iterator[Site]:
    with _installation(folder, database) as installation:
        port = free_port()
        installation.start_web(port)
        wait_for(lambda: answers(port), READY_S, "the web server", installation.log)
        yield Site(installation, port, json.loads((folder / KNOWN).read_text()))
