"""Where is counted, by the addresses that people give."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.cache.address import config

REDIS, TABLE = "django.core.cache.backends.redis.RedisCache", "dashboard.cache.table.TableCache"


@pytest.mark.parametrize(
    ("url", "broker", "place"),
    [
        ("", "redis://:p,w@redis:6379/3", "redis://:p,w@redis:6379/3"),
        ("", "redis+socket:///run/broker.sock", "unix:///run/broker.sock?db=0"),
        ("", "redis+socket:///run/broker.sock?virtual_host=2", "unix:///run/broker.sock?db=2"),
        ("", "rediss://one/0;rediss://two/0", "rediss://one/0"),
        ("unix:///run/cache.sock", "amqp://rabbit//", "unix:///run/cache.sock"),
        ("redis://cache/1", "redis://broker/0", "redis://cache/1"),
        ("", "amqp://rabbit//", None),
        ("", "sentinel://a;sentinel://b", None),
        ("database", "redis://broker/0", None),
    ],
)
def test_the_cache_is_the_one_named_else_the_brokers_redis_else_the_database(url, broker, place):
    found = config(url, broker)
    assert (found["BACKEND"], found["LOCATION"]) == ((REDIS, [place]) if place else (TABLE, "apiclient_cached"))


@pytest.mark.parametrize("url", ["planted", "memcached://planted", "http://planted", "locmem://", "amqp://planted"])
def test_any_other_address_is_refused_without_being_told(url):
    with pytest.raises(ImproperlyConfigured, match=r"^CACHE_URL: only redis://") as caught:
        config(url, "")
    assert "planted" not in str(caught.value)
