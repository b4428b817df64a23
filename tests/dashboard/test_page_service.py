"""One service and its calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import rollup
from apiclient.catalogue import CodeClass
from apiclient.clock import now_ms
from apiclient.models import Due
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
MOST_QUERIES = 19


@pytest.fixture
def shop():
    return make_service(name="Shop")


def test_rows_count_by_class_and_the_worst_call_stands_first(admin_client, shop):
    good, bad = make_call(shop, name="Good"), make_call(shop, name="Bad")
    make_outcome(good, 200)
    make_outcome(bad, 404)
    rows = admin_client.get("/services/shop/").context["rows"]
    assert [row.call.name for row in rows] == ["Bad", "Good"]
    assert dict(zip(CodeClass, rows[0].classes, strict=True))[CodeClass.CLIENT_ERROR] == 1
    assert rows[0].latest.status_code == 404


def test_only_its_own_outcomes_are_counted(admin_client, shop):
    make_outcome(make_call(shop), 200)
    make_outcome(make_call(make_service(name="Other")), 500)
    context = admin_client.get("/services/shop/?service=other").context
    assert context["whole"].total == context["view"].series.total == 1


def test_secrets_in_addresses_are_masked(admin_client, shop):
    make_call(shop, path="/x?token=planted")
    content = admin_client.get("/services/shop/").content.decode()
    assert "planted" not in content and "/x?token=•••" in content


def test_a_paused_call_says_so_and_a_call_on_demand_too(admin_client, shop):
    make_call(shop, name="Off", enabled=False)
    make_call(shop, name="Asked", interval_seconds=None)
    content = admin_client.get("/services/shop/").content.decode()
    assert "paused" in content and "on demand" in content


def test_the_next_slot_of_any_location_is_told(admin_client, shop):
    call = make_call(shop)
    due = call.dues.get()
    due.due_ms += 3_600_000 - due.due_ms % 1000
    due.save()
    row = admin_client.get("/services/shop/").context["rows"][0]
    assert row.next_due_at == call.next_due_at > timezone.now()


def test_a_service_without_calls_leads_to_the_first(admin_client, shop):
    assert "/configure/calls/new/?service=shop" in admin_client.get("/services/shop/").content.decode()


@pytest.mark.parametrize("since", ["-1h", "-24h", "-7d", "-30d"])
def test_queries_do_not_grow_with_calls(admin_client, django_assert_max_num_queries, shop, since):
    for hours in range(12):
        make_outcome(make_call(shop), 200, due_at=timezone.now() - timedelta(hours=hours * 3, minutes=1))
    Due.objects.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get("/services/shop/", {"since": since})
