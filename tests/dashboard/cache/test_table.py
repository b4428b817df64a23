"""The cache in the database."""

import pytest
from django.core.cache import caches

from apiclient.models import Cached
from dashboard.cache import address

pytestmark = pytest.mark.django_db


def test_the_table_of_the_migration_is_the_one_that_djangos_cache_asks_for(settings):
    settings.CACHES = settings.CACHES | {"shared": address.config("database", "")}
    cache = caches["shared"]
    assert cache.get("a") is None and cache.add("a", 1, 60) and not cache.add("a", 5, 60)
    assert cache.incr("a") == 2 == cache.get("a")
    with pytest.raises(ValueError):
        cache.incr("b")
    assert Cached.objects.count() == 1
    cache.clear()
    assert Cached.objects.count() == 0
