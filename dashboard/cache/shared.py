"""What all web processes count together, by the minute. With the cache away nothing is counted and nothing fails."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.core.cache import caches

from apiclient.outage import Outage

MINUTE_S = 60
PORTIONS = 1_000
"""A process takes one of so many portions of a limit at a time."""
QUIET_S = 5
"""So long a cache that did not answer is not asked again: each question would wait for it."""
AWAY = "The cache does not answer (%s), so nothing limits the rate of the API. Is CACHE_URL right, and its server up?"
BACK = "The cache answers again, after %.0f s: the rate of the API is limited as before."


class Shared:
    """The cache named ``shared``. Counts begin anew with each minute of the clock."""

    def __init__(self) -> None:
        self._outage = Outage(AWAY, BACK)
        self._asked_again = 0.0
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Give up the portions that this process has taken."""
        self._minute, self._portions = "", dict[str, int]()

    def count(self, key: str, number: int = 1) -> int:
        """So many more of this key: how many there are now in this minute; 0 while the cache is away."""
        return self._ask(lambda cache: _add(cache, _of_this_minute(key), number))

    def exceeds(self, key: str, limit: int) -> bool:
        """Whether one more of this key is more than ``limit`` in this minute.

        Of a large limit a process takes a portion at a time, so that not every request has to ask the cache: what it
        leaves at the end of the minute is lost to the others.
        """
        with self._lock:
            if self._minute != (minute := _of_this_minute("")):
                self._minute, self._portions = minute, {}
            if left := self._portions.get(key, 0):
                self._portions[key] = left - 1
                return False
        portion = max(1, limit // PORTIONS)
        granted = portion - max(0, self.count(key, portion) - limit)
        if granted > 1:
            with self._lock:
                self._portions[key] = self._portions.get(key, 0) + granted - 1
        return granted < 1

    def counted(self, key: str) -> int:
        """How many there are in this minute."""
        return self._ask(lambda cache: int(cache.get(_of_this_minute(key), 0)))

    def _ask(self, question: Callable[[Any], int]) -> int:
        if time.monotonic() < self._asked_again:
            return 0
        try:
            found = question(caches["shared"])
        except Exception as error:  # each kind of cache has errors of its own, and none may stop an answer
            self._asked_again = time.monotonic() + QUIET_S
            self._outage.begin(error)
            return 0
        self._outage.end()
        return found


def seconds_left() -> int:
    """Until the next minute begins, 1 to 60."""
    return MINUTE_S - int(time.time()) % MINUTE_S


def _of_this_minute(key: str) -> str:
    return f"{key}:{int(time.time()) // MINUTE_S}"


def _add(cache: Any, key: str, number: int) -> int:
    """Counted by the cache itself, so that no two processes read the same number."""
    try:
        return int(cache.incr(key, number))
    except ValueError:  # the first of its minute, unless another process makes it at this very moment
        return number if cache.add(key, number, 2 * MINUTE_S) else int(cache.incr(key, number))


shared = Shared()
