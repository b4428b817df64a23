"""latency/: quantiles in milliseconds over time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.catalogue import Failure
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/latency/"


@pytest.fixture
def call():
    """A hundred answers of 1 to 100 ms, and a failure of ten seconds."""
    call, now = make_call(), timezone.now()
    for n in range(1, 101):
        make_outcome(call, due_at=now - timedelta(minutes=5, seconds=n), total_us=n * 1000, detailed=False)
    make_outcome(call, failure=Failure.TIMEOUT, due_at=now - timedelta(minutes=5), total_us=10_000_000)
    return call


def test_quantiles_are_in_milliseconds_and_within_the_histograms_error(admin_client, call):
    answer = admin_client.get(f"{ADDRESS}?since=-1h&quantiles=0.5,0.95,0.99&step=1m").json()
    assert [(group["key"], group["label"]) for group in answer["groups"]] == [
        ("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"),
    ]  # fmt: skip
    totals = [group["total"] for group in answer["groups"]]
    assert totals == pytest.approx([50, 95, 99], rel=0.05)
    assert answer["total"] == 100
    for group in answer["groups"]:
        assert len(group["counts"]) == len(answer["times"])
        assert None in group["counts"]


def test_failures_are_measured_where_they_are_asked_for(admin_client, call):
    answer = admin_client.get(f"{ADDRESS}?since=-1h&failure=timeout&quantiles=0.5").json()
    assert answer["groups"][0]["total"] == pytest.approx(10_000, rel=0.03)


def test_without_answers_there_is_no_number(admin_client):
    answer = admin_client.get(f"{ADDRESS}?since=-1h").json()
    assert [group["total"] for group in answer["groups"]] == [None, None, None]


@pytest.mark.parametrize("quantiles", ["1.5", "-0.1", "nan", "half", "0.5,", ",".join(["0.5"] * 11)])
def test_quantiles_that_are_none_are_refused(admin_client, quantiles):
    answer = admin_client.get(f"{ADDRESS}?quantiles={quantiles}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == "quantiles"
    assert "0.5,0.95,0.99" in error["detail"]


def test_queries_are_bounded(admin_client, call, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        admin_client.get(f"{ADDRESS}?since=-30d")
