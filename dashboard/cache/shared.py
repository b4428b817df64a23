"""What all web processes count together, by the minute. With the cache away nothing is counted and nothing fails."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache import caches

from apiclient.outage import Outage

MINUTE_S = 60
QUIET_S = 5
"""So long a cache that did not answer is not asked again: each question would wait for it."""
AWAY = "The cache does not answer (%s), so nothing limits the rate of the API. Is CACHE_URL right, and its server up?"
BACK = "The cache answers again, after %.0f s: the rate of the API is limited as before."


class Shared:
    """The cache named ``shared``. Counts begin anew with each minute of the clock."""

    def __init__(self) -> None:
        self._outage = Outage(AWAY, BACK)
        self._asked_again = 0.0

    def count(self, key: str) -> int:
        """One more of this key: how many there are now in this minute; 0 while the cache is away."""
        return self._ask(lambda cache: _one_more(cache, _of_this_minute(key)))

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


def _one_more(cache: Any, key: str) -> int:
    """Counted by the cache itself, so that no two processes read the same number."""
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of its minute, unless another process makes it at this very moment
        return 1 if cache.add(key, 1, 2 * MINUTE_S) else int(cache.incr(key))


shared = Shared()
