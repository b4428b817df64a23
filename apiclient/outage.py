"""Something is away for a while: said once when it begins and once when it is over."""

import logging
import time
from threading import Lock

log = logging.getLogger(__name__)

TOLD = "The database does not take what is to be stored (%s). Is its disk full? Answers are held until it does."
OVER = "The database takes what is stored again, after %.0f s."


class Outage:
    """Of one process. Threads may tell of the same one. ``told`` has room for the error, ``over`` for seconds."""

    def __init__(self, told: str = TOLD, over: str = OVER) -> None:
        self._told, self._over = told, over
        self._lock = Lock()
        self._began: float | None = None

    def begin(self, error: Exception) -> None:
        """Something could not be done; it is tried again, so only the first time is worth a line."""
        with self._lock:
            if self._began is not None:
                return
            self._began = time.monotonic()
        said = str(error).partition("\n")[0].strip()
        log.warning(self._told, said)

    def end(self) -> None:
        """It could be done."""
        if self._began is None:  # the usual case: no lock for it
            return
        with self._lock:
            if self._began is None:
                return
            lasted, self._began = time.monotonic() - self._began, None
        log.warning(self._over, lasted)


database = Outage()
