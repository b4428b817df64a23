"""The history that the bench fills in is one that the product could have made: nothing in it is out of place."""

import pytest
from django.db import connection

from apiclient import rollup
from apiclient.clock import now_ms
from apiclient.models import Call, Due, Outcome, OutcomeDetail, Rollup
from apiclient.verify import differences
from dashboard.bench.fill import History

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="filled by COPY, on PostgreSQL only"),
]


def test_rows_rollups_and_timetable_add_up():
    spent = History(services=2, calls=6, days=0.3).fill()
    assert set(spent) == {"rows", "rollups"}
    assert Outcome.objects.count() >= 6 * 1440 * 0.3 - 6
    assert Due.objects.count() == Call.objects.count() == 6
    assert OutcomeDetail.objects.count() == Outcome.objects.filter(verdict=3).count()
    assert set(Rollup.objects.values_list("step", flat=True)) >= {60, 900, 3600}
    rollup.close(now_ms())
    assert list(differences(now_ms())) == []
