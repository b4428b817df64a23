"""How many transfers the process's limit of open files carries."""

import resource

from apiclient.http.resolver import THREADS

WANTED = 65_536
PER_TRANSFER = 2  # one connection, and a second while IPv6 and IPv4 race
KEPT_FREE = 128 + THREADS


def carried() -> int:
    """How many transfers this process may have open at once, after raising its soft limit as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, (max(soft, wanted) - KEPT_FREE) // PER_TRANSFER)


def needed(transfers: int) -> int:
    """The limit of open files that carries so many transfers."""
    return transfers * PER_TRANSFER + KEPT_FREE
