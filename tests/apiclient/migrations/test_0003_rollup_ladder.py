"""Minutes of the version before come over in the new bytes and back; the rest is made again from the outcomes."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apiclient.histogram import decode
from apiclient.rollup import close
from tests.noon import HOUR, NOON, clean, on_demand, outcome

pytestmark = pytest.mark.django_db(transaction=True)
OLD_BYTES = bytes([5, 1, 0xA6, 2, 2, 0, 0x80, 1])  # bucket 5 once, 300 twice, 301 128 times
HISTOGRAM = {5: 1, 300: 2, 301: 128}


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("apiclient", name)])
    return executor.loader.project_state([("apiclient", name)]).apps


def newest():
    return MigrationExecutor(connection).loader.graph.leaf_nodes("apiclient")[0][1]


@pytest.fixture
def before():
    """The tables of the version before, put right again whatever happens."""
    node = MigrationExecutor(connection).loader.graph.node_map["apiclient", "0003_rollup_ladder"]
    yield next(parent.key[1] for parent in node.parents if parent.key[0] == "apiclient")
    migrate(newest())


def test_minutes_are_written_anew_and_the_rest_is_left_to_be_made_again(before):
    rollup = migrate(before).get_model("apiclient", "Rollup")
    fields = {"service_id": 1, "verdict": 1, "count": 131, "status_code": 200}
    for step, call in ((60, None), (3600, 1), (3600, None)):
        rollup.objects.create(step=step, call_id=call, start_s=7_200, histogram=OLD_BYTES, **fields)
    apps = migrate("0003_rollup_ladder")
    (row,) = apps.get_model("apiclient", "Rollup").objects.all()
    assert (row.step, row.count, decode(bytes(row.histogram))) == (60, 131, HISTOGRAM)
    (row,) = migrate(before).get_model("apiclient", "Rollup").objects.all()
    assert bytes(row.histogram) == OLD_BYTES


def test_what_was_closed_is_closed_again_from_the_outcomes(before):
    call = on_demand()
    outcome(call, 0)
    migrate(before).get_model("apiclient", "Closed").objects.create(pk=1, until_s=NOON // 1000 + 10**6)
    migrate(newest())
    assert close(NOON + HOUR) == 2
    assert clean()
