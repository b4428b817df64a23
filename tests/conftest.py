"""Which tests run again on another database; and no test knows what another one has seen."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches

from apiclient import first_seen, partition
from apiclient.models import Team
from apiclient.models.team import EVERYONE
from apiclient.recall import recall
from dashboard.cache.shared import shared

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="only what touches a database: the rest is the same on each"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    chosen = [item for item in items if _touches_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _touches_a_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db") or item.get_closest_marker("flow"))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Pages believe for some seconds what they have seen, and the API counts who asks."""
    caches["default"].clear()
    caches["shared"].clear()
    shared.forget()
    recall.forget()
    first_seen.forget()
    yield


@pytest.fixture
def no_partitions(db: None) -> None:
    """Tests that commit leave the days behind that they have made."""
    for day in partition.partitions():
        partition.drop(day)


@pytest.fixture
def everyone(db: None) -> Team:
    """The team that a migration makes, and that tests which commit take along."""
    return Team.objects.get_or_create(slug=EVERYONE, defaults={"name": "Everyone"})[0]
