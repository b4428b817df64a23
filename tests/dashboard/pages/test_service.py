"""One service and its calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import rollup
from apiclient.catalogue import CodeClass, Failure
from apiclient.clock import now_ms
from apiclient.models import Due
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
MOST_QUERIES = 24


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


def test_a_call_that_fails_now_stands_first(admin_client, shop):
    moment = timezone.now()
    for name, codes in (("Mended", (500, 500, 200)), ("Broken", (200, 200, 500)), ("Off", (500, 500, 500))):
        call = make_call(shop, name=name)
        for n, code in enumerate(codes):
            make_outcome(call, code, due_at=moment - timedelta(minutes=9 - n))
        call.enabled = name != "Off"
        call.save()
    rows = admin_client.get("/services/shop/?since=-1h").context["rows"]
    assert [(row.call.name, row.failing) for row in rows] == [("Broken", True), ("Off", False), ("Mended", False)]


def test_the_heatmap_has_a_line_per_code_and_failure_and_its_cells_lead_to_their_outcomes(admin_client, shop):
    call, moment = make_call(shop), timezone.now() - timedelta(minutes=30)
    for n, code in enumerate((200, 200, 503)):
        make_outcome(call, code, due_at=moment + timedelta(seconds=n))
    make_outcome(call, None, Failure.TIMEOUT, due_at=moment - timedelta(minutes=5))
    answer = admin_client.get("/services/shop/?since=-1h")
    lines = answer.context["answers"].lines
    assert [(line.status_code, line.failure, line.count) for line in lines] == [
        (200, None, 2),
        (503, None, 1),
        (None, Failure.TIMEOUT, 1),
    ]
    content = answer.content.decode()
    series = answer.context["answers"].series
    slice_ = next(n for n, count in enumerate(series.groups[1].counts) if count)
    since = series.times[slice_]
    until = since + timedelta(seconds=series.step_seconds)
    address = f"/outcomes/?service=shop&status_code=503&since={since:%Y-%m-%dT%H:%MZ}&until={until:%Y-%m-%dT%H:%MZ}"
    assert f'href="{address.replace("&", "&amp;")}" tabindex="-1"' in content
    assert [one.status_code for one in admin_client.get(address).context["outcomes"]] == [503]


def test_chart_heatmap_latency_and_figures_count_the_same(admin_client, shop):
    for n in range(20):
        make_outcome(make_call(shop), 200 if n % 3 else 404, due_at=timezone.now() - timedelta(minutes=n + 1))
    context = admin_client.get("/services/shop/").context
    assert (
        context["whole"].total
        == context["series"].total
        == context["answers"].whole.total
        == context["latency"].total
        == sum(row.tally.total for row in context["rows"])
        == 20
    )


def test_messages_of_the_range_are_counted_the_most_frequent_first(admin_client, shop):
    call, text = make_call(shop), (("Content-Type", "text/plain"),)
    for minutes, said in ((9, "no room left"), (8, "not <now>"), (7, "not <now>"), (90, "long ago")):
        make_outcome(call, 500, due_at=timezone.now() - timedelta(minutes=minutes), body=said.encode(), headers=text)
    make_outcome(make_call(), 500, body=b"elsewhere", headers=text)
    answer = admin_client.get("/services/shop/?since=-1h")
    assert [(one.message.text, one.count) for one in answer.context["said"]] == [("not <now>", 2), ("no room left", 1)]
    assert "not &lt;now&gt;" in answer.content.decode()


def test_each_part_that_changes_by_itself_has_its_id(admin_client, shop):
    make_outcome(make_call(shop))
    content = admin_client.get("/services/shop/").content.decode()
    for part in ("figures", "heatmap", "calls", "messages"):
        assert f'id="{part}" data-live' in content


def test_only_its_own_outcomes_are_counted(admin_client, shop):
    make_outcome(make_call(shop), 200)
    make_outcome(make_call(make_service(name="Other")), 500)
    context = admin_client.get("/services/shop/?service=other").context
    assert context["whole"].total == context["series"].total == 1


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
