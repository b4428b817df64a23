"""Names to addresses, in threads: one lookup per name, however many ask, so that a name that hangs holds one thread.

libcurl's own pool has 20 threads and wants two per transfer: ten transfers to a dead name fail all other names.
"""

import heapq
import itertools
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

THREADS = 256
FOUND_SECONDS = 10.0  # how long calls share what a lookup found
FAILED_SECONDS = 1.0
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses of a name in the order to try them, or in a sentence why there are none."""

    addresses: tuple[str, ...]
    error: str = ""
    fresh_until: float = 0.0


Told = Callable[[Resolved], None]
Found = Callable[[tuple[str, ...]], None]
"""What goes on with the addresses of a name that has some."""


class Resolver:
    """Belongs to one thread; ``wake`` is called in another one when that thread should call ``turn``."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._kept: dict[str, Resolved] = {}
        self._asking: dict[str, dict[int, Told]] = {}  # every name that is looked up or queued, and who waits for it
        self._deadlines: list[tuple[float, int, str]] = []
        self._number = itertools.count()
        self._queue: deque[str] = deque()
        self._found: deque[tuple[str, Resolved]] = deque()
        self._threads = 0
        self.waiting = 0

    @property
    def next_deadline(self) -> float | None:
        """When ``turn`` has somebody to disappoint, by time.monotonic()."""
        return self._deadlines[0][0] if self._deadlines else None

    def ask(self, host: str, until: float, told: Told) -> None:
        """Have ``told`` called once: now if the name was just looked up, else in a ``turn``, soon after ``until``."""
        kept = self._kept.get(host)
        if kept and kept.fresh_until > time.monotonic():
            told(kept)
            return
        if host not in self._asking:
            self._asking[host] = {}
            self._queue.append(host)
            self._begin()
        number = next(self._number)
        self._asking[host][number] = told
        self.waiting += 1
        heapq.heappush(self._deadlines, (until, number, host))

    def turn(self) -> None:
        """Tell what was found, and those whose time is over that nothing was."""
        while self._found:
            host, resolved = self._found.popleft()
            self._threads -= 1
            self._keep(host, resolved)
            for told in self._asking.pop(host).values():
                self.waiting -= 1
                told(resolved)
        now = time.monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, number, host = heapq.heappop(self._deadlines)
            if number in (waiting := self._asking.get(host, {})):
                self.waiting -= 1
                waiting.pop(number)(Resolved((), f"Could not resolve host: {host} (no answer in time)"))
        self._begin()

    def _keep(self, host: str, resolved: Resolved) -> None:
        self._kept.pop(host, None)
        self._kept[host] = resolved
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _begin(self) -> None:
        while self._queue and self._threads < THREADS:
            self._threads += 1
            host = self._queue.popleft()
            try:
                threading.Thread(target=self._look_up, args=(host,), name="answerback-lookup", daemon=True).start()
            except RuntimeError as error:
                self._note(host, Resolved((), f"Could not resolve host: {host} ({error})"))

    def _look_up(self, host: str) -> None:
        self._note(host, look_up(host))

    def _note(self, host: str, resolved: Resolved) -> None:
        self._found.append((host, resolved))
        self._wake()


def look_up(host: str) -> Resolved:
    """Ask the system, which may take long."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a name that DNS can carry"
        return Resolved((), f"Could not resolve host: {host} ({reason})", time.monotonic() + FAILED_SECONDS)
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    return Resolved(addresses, "", time.monotonic() + FOUND_SECONDS)
