"""POST outcomes/: what other programs tell is stored once, judged as our own is; what is refused says why."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.models import Outcome
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/outcomes/"


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Pay", interval_seconds=None)


def item(call, seconds_ago=60, **members):
    started_at = (timezone.now() - timedelta(seconds=seconds_ago)).isoformat()
    return {"call": call.pk, "started_at": started_at, "status_code": 200, "timings_ms": {"total": 12.5}} | members


def post(client, body, content_type="application/json"):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(ADDRESS, data, content_type=content_type)


def test_one_outcome_is_stored_and_shown(admin_client, call):
    answer = post(admin_client, item(call, timings_ms={"dns": 1, "connect": 2, "wait": 3.25, "transfer": 1}))
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "duplicates": 0, "invalid": 0, "errors": []})
    assert Outcome.objects.get().total_us == 7250
