"""The caches that web processes may share."""

from collections.abc import Iterator

import pytest

from dashboard.cache import address
from tests.redis import redis_server


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as path:
        yield f"redis+socket://{path}"


@pytest.fixture(params=["redis", "database"])
def shared_cache(request, settings, redis_url, transactional_db):
    """Each in turn, under the name that the product asks."""
    url = redis_url if request.param == "redis" else "database"
    settings.CACHES = settings.CACHES | {"shared": address.config(url, "")}
    return request.param
