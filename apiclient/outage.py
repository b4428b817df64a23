"""The database takes nothing for a while: said once when it begins and once when it is over."""

import logging
import time
from threading import Lock

log = logging.getLogger(__name__)

TOLD = "The database does not take what is to be stored (%s). Is its disk full? Answers are held until it does."


class Outage:
    """Of one process. Threads may tell of the same one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._began: float | None = None

    def begin(self, error: Exception) -> None:
        """Something could not be stored; what is held is tried again, so only the first time is worth a line."""
        with self._lock:
            if self._began is not None:
                return
            self._began = time.monotonic()
        said = str(error).partition("\n")[0].strip()
        log.warning(TOLD, said)

    def end(self) -> None:
        """Something was stored."""
        if self._began is None:  # the case of every flush: no lock for it
            return
        with self._lock:
            if self._began is None:
                return
            lasted, self._began = time.monotonic() - self._began, None
        log.warning("The database takes what is stored again, after %.0f s.", lasted)


database = Outage()
