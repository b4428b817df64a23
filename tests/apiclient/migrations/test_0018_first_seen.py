"""An upgrade notes the codes that history holds, and tells nobody of them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apiclient.models import FirstSeen
from apiclient.rollup import close
from tests.apiclient.migrations.test_0003_rollup_ladder import migrate, newest
from tests.noon import HOUR, NOON, on_demand, outcome

pytestmark = pytest.mark.django_db(transaction=True)
MIGRATION = "0018_first_seen"


@pytest.fixture
def before():
    node = MigrationExecutor(connection).loader.graph.node_map["apiclient", MIGRATION]
    yield next(parent.key[1] for parent in node.parents if parent.key[0] == "apiclient")
    migrate(newest())


def test_counted_and_open_history_is_noted_and_is_no_news(before):
    call = on_demand()
    outcome(call, 0)
    close(NOON + HOUR)
    outcome(call, HOUR, 500)
    outcome(call, HOUR + 1, 500)
    migrate(before)
    migrate(newest())
    rows = FirstSeen.objects.order_by("status_code").values_list("call", "status_code", "is_news")
    assert list(rows) == [(call.pk, 200, False), (call.pk, 500, False)]
