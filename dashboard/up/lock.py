"""One `up` per var folder: a lock that the kernel takes back when its holder ends, however it ends."""

import fcntl
import os
from pathlib import Path


class LockedError(Exception):
    """Another process holds the lock; its id is in the message."""


def hold(path: Path) -> None:
    """Lock the file until this process ends, whatever it becomes. LockedError where another one holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise LockedError(f"process {holder or 'unknown'} holds {path}") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(descriptor, True)
