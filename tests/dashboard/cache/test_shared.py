"""Counting together: nobody is counted twice or forgotten, and nothing fails while the cache is away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.db import connections

from dashboard.cache import address, shared
from dashboard.cache.shared import Shared


def together(work, times):
    def once(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(once, range(times)))


def test_threads_that_count_the_same_miss_nothing(shared_cache, monkeypatch):
    monkeypatch.setattr(shared.time, "time", lambda: 1_800_000_000.0)
    each = [Shared() for _ in range(4)]
    found = together(lambda number: each[number % 4].count("token:1"), 60)
    assert sorted(found) == list(range(1, 61))
    assert each[0].counted("token:1") == 60 and each[0].counted("token:2") == 0


def test_each_minute_begins_anew(shared_cache, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(shared.time, "time", lambda: now[0])
    one = Shared()
    assert [one.count("a"), one.count("a")] == [1, 2]
    now[0] += 59.9
    assert (one.counted("a"), shared.seconds_left()) == (2, 1)
    now[0] += 0.2
    assert (one.counted("a"), one.count("a"), shared.seconds_left()) == (0, 1, 60)


def test_what_is_counted_is_forgotten_by_the_cache_itself(redis_url, settings):
    settings.CACHES = settings.CACHES | {"shared": address.config(redis_url, "")}
    Shared().count("gone")
    client = caches["shared"]._cache.get_client()
    (key,) = [key for key in client.keys("*gone*")]
    assert key.startswith(b"answerback-cache:") and 0 < client.ttl(key) <= 120


@pytest.mark.parametrize("url", ["redis://:planted@127.0.0.1:1/0", "unix:///nowhere/at/all.sock"])
def test_a_cache_that_is_away_counts_nothing_and_is_told_once(settings, caplog, url, monkeypatch):
    settings.CACHES = settings.CACHES | {"shared": address.config(url, "")}
    monkeypatch.setattr(shared, "QUIET_S", 0)
    one = Shared()
    assert [one.count("a"), one.counted("a"), one.count("a")] == [0, 0, 0]
    (said,) = caplog.messages
    assert "CACHE_URL" in said and "planted" not in said
    settings.CACHES = settings.CACHES | {"shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert one.count("a") == 1
    assert len(caplog.messages) == 2 and "answers again" in caplog.messages[1]


def test_a_cache_that_is_away_is_left_alone_for_a_while(settings):
    settings.CACHES = settings.CACHES | {"shared": address.config("unix:///nowhere/at/all.sock", "")}
    one = Shared()
    one.count("a")
    settings.CACHES = settings.CACHES | {"shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert one.count("a") == 0
