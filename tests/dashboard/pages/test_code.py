"""The code table come alive, and one code."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient import rollup
from apiclient.catalogue import Category, Failure, seed_table
from apiclient.clock import now_ms
from apiclient.models import Due, Outcome
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
PLAIN = (("Content-Type", "text/plain"),)


def test_the_table_has_its_three_columns_and_every_code(admin_client):
    columns = admin_client.get("/codes/").context["columns"]
    assert [category for category, _, _ in columns] == [
        Category.SUCCESS, Category.CLIENT_ERROR, Category.SERVER_ERROR,
    ]  # fmt: skip
    shown = {category: [row.meaning for row in rows] for category, rows, _ in columns}
    assert shown == {category: list(meanings) for category, meanings in seed_table().items()}
    assert sum(len(rows) for rows in shown.values()) == 40


def test_codes_are_counted_and_lead_to_their_outcomes(admin_client):
    call = make_call()
    make_outcome(call, 404)
    make_outcome(make_call(call.service), 404)
    _, rows, total = admin_client.get("/codes/?since=-1h").context["columns"][1]
    row = next(row for row in rows if row.meaning.code == 404)
    assert (row.count, sum(row.counts), total) == (2, 2, 2)
    assert row.href == "/outcomes/?since=-1h&status_code=404"
    assert row.page == "/codes/404/?since=-1h"


def test_other_codes_and_failures_have_their_own_places(admin_client):
    make_outcome(make_call(), 418)
    make_outcome(make_call(), 599)
    make_outcome(make_call(), None, Failure.RESET)
    context = admin_client.get("/codes/").context
    assert [row.meaning.code for row in context["others"]] == [418, 599]
    assert {row.failure: row.count for row in context["failures"] if row.count} == {Failure.RESET: 1}
    assert next(row.page for row in context["failures"] if row.count) == "/failures/?failure=reset"


def test_a_filter_narrows_the_table(admin_client):
    call, other = make_call(), make_call()
    make_outcome(call, 200)
    make_outcome(other, 200)
    answer = admin_client.get("/codes/", {"service": call.service.slug})
    assert answer.context["columns"][0][2] == 1


def test_one_code_tells_where_it_came_and_how_it_was_judged(admin_client):
    good, bad = make_service(name="Good"), make_service(name="Bad")
    expected, call = make_call(good, expected_codes="404"), make_call(bad)
    for minutes in (1, 2, 3):
        make_outcome(call, 404, due_at=timezone.now() - timedelta(minutes=minutes))
    make_outcome(expected, 404, due_at=timezone.now() - timedelta(minutes=5))
    make_outcome(call, 500)
    context = admin_client.get("/codes/404/?since=-1h").context
    rows = Outcome.objects.filter(status_code=404)
    assert context["total"] == rows.count() == 4 and context["share"] == pytest.approx(4 / 5)
    assert [(verdict.slug, number) for verdict, number in context["verdicts"]] == [("passed", 1), ("failed", 3)]
    assert [(place.service, place.count) for place in context["places"]] == [(bad, 3), (good, 1)]
    assert [(one.call, one.count) for one in context["calls"]] == [(call, 3), (expected, 1)]
    assert [(group.label, group.total) for group in context["series"].groups] == [("Good", 1), ("Bad", 3)]
    assert context["first"].at <= rows.order_by("pk").first().due_at < context["first"].at + timedelta(minutes=1)
    assert context["last"].at <= rows.order_by("pk").last().due_at < context["last"].at + timedelta(minutes=1)


def test_its_bars_lead_to_its_outcomes_of_the_service(admin_client):
    call = make_call()
    make_outcome(call, 404)
    content = admin_client.get("/codes/404/?since=-1h").content.decode()
    assert f'href="/outcomes/?status_code=404&amp;service={call.service_id}&amp;since=20' in content


def test_its_messages_are_those_that_came_with_it_last(admin_client):
    call, other = make_call(), make_call()
    make_outcome(call, 404, headers=PLAIN, body=b"Order 5 is gone")
    make_outcome(other, 410, headers=PLAIN, body=b"Nothing here")
    rows = admin_client.get("/codes/404/?since=-1h").context["groups"]
    assert [(row.text, row.code, row.services) for row in rows] == [("Order 5 is gone", 404, [call.service.name])]
    assert rows[0].group.count == sum(rows[0].counts) == 1
    content = admin_client.get("/codes/404/?since=-1h").content.decode()
    assert 'href="/messages/?status_code=404&amp;since=-1h"' in content


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (404, ["in the column Client error", "IANA; RFC 9110"]),
        (408, ["Request Time-out", "Request Timeout"]),
        (520, ["not at IANA", "Cloudflare"]),
        (299, ["Unregistered 2xx code", "not at IANA"]),
        (0, ["outside 100..599", "never: a status code lies in"]),
        (999, ["outside 100..599", "LinkedIn"]),
    ],
)
def test_any_code_is_explained_with_all_that_is_known(admin_client, code, words):
    content = admin_client.get(f"/codes/{code}/").content.decode()
    assert all(word in content for word in words) and "No service has ever answered so." in content


@pytest.mark.parametrize("path", ["1000", "99999999999999999999", "-1", "abc"])
def test_what_is_no_code_has_no_page(admin_client, path):
    assert admin_client.get(f"/codes/{path}/").status_code == 404


def test_garbage_in_the_address_is_told_and_left_out(admin_client):
    make_outcome(make_call(), 404)
    answer = admin_client.get("/codes/404/?since=banana&status_code=500&service=nowhere")
    assert answer.status_code == 200 and answer.context["total"] == 1
    assert set(answer.context["view"].problems) == {"since", "service"}


def test_a_service_that_answered_so_before_the_range_is_still_listed(admin_client):
    call = make_call()
    make_outcome(call, 404, due_at=timezone.now() - timedelta(days=3))
    (place,) = admin_client.get("/codes/404/?since=-1h").context["places"]
    assert (place.service, place.count) == (call.service, 0) and place.ends.first == place.ends.last


@pytest.mark.parametrize("since", ["-1h", "-24h", "-30d"])
def test_queries_do_not_grow_with_services(admin_client, django_assert_max_num_queries, since):
    for _ in range(8):
        service = make_service()
        for hours in (0, 30):
            due_at = timezone.now() - timedelta(hours=hours, minutes=1)
            make_outcome(make_call(service), 404, due_at=due_at, headers=PLAIN, body=b"gone")
    Due.objects.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    with django_assert_max_num_queries(MOST_QUERIES):
        assert admin_client.get("/codes/404/", {"since": since}).status_code == 200
