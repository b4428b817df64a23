"""Where web processes keep what they count together: CACHE_URL, else the broker's Redis, else the database."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_S = 0.5
REDIS = re.compile("(redis|rediss|unix)://")
ALLOWED = "CACHE_URL: only redis://:PASSWORD@HOST:PORT/NUMBER, rediss://..., unix:///PATH and `database` work"


def config(url: str, broker: str) -> dict[str, Any]:
    """One of Django's CACHES. ImproperlyConfigured for an address that no cache has, without telling it."""
    place = _as_redis_writes(url or broker.partition(";")[0])
    if REDIS.match(place):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": [place],  # as a text it would be split at commas, which a password may have
            "KEY_PREFIX": "answerback-cache",
            "OPTIONS": {
                "socket_connect_timeout": PATIENCE_S,
                "socket_timeout": PATIENCE_S,
                "retry": Retry(NoBackoff(), 1),  # a server that was restarted has closed the kept connections
            },
        }
    if url and url != "database":
        raise ImproperlyConfigured(ALLOWED)
    return {
        "BACKEND": "dashboard.cache.table.TableCache",
        "LOCATION": "apiclient_cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }


def _as_redis_writes(url: str) -> str:
    """Celery's spelling of a unix socket as the client library's."""
    if not url.startswith("redis+socket://"):
        return url
    number = parse_qs(urlsplit(url).query).get("virtual_host", ["0"])[0]
    return f"unix://{url.removeprefix('redis+socket://').partition('?')[0]}?db={number}"
