"""How many transfers the limit of open files carries."""

import resource

from apiclient.http.resolver import THREADS

DESCRIPTORS_WANTED = 65_536
DESCRIPTORS_PER_TRANSFER = 2  # one connection, and a second while IPv6 and IPv4 race
DESCRIPTORS_KEPT_FREE = 128 + THREADS


def transfers_at_once() -> int:
    """How many transfers the descriptor limit carries, after raising the soft one as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED if hard == resource.RLIM_INFINITY else min(DESCRIPTORS_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, (max(soft, wanted) - DESCRIPTORS_KEPT_FREE) // DESCRIPTORS_PER_TRANSFER)
