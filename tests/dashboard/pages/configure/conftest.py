"""What the forms send, and somebody to call."""

from collections.abc import Iterator

import pytest

from tests.builders import make_service
from tests.target import Target


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as running:
        yield running


@pytest.fixture
def shop(db, target):
    return make_service(name="Shop", base_url=target.url)


@pytest.fixture
def filled(shop):
    """A form of a call as a browser sends it."""

    def fill(**fields):
        usual = {
            "service": shop.pk, "name": "Orders", "slug": "", "method": "GET", "path": "/status/200", "headers": "{}",
            "body": "", "schedule": "interval", "interval_seconds": "1 min", "cron": "", "time_zone": "UTC",
            "expected_codes": "", "slow_after_ms": "", "timeout_ms": "5 s", "verify_tls": "on", "enabled": "on",
        }  # fmt: skip
        return usual | fields

    return fill
