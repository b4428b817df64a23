"""Messages: groups of what servers said, and one group."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apiclient.models import Message, Outcome
from dashboard.pages import message
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
MOST_QUERIES = 18
PLAIN = (("Content-Type", "text/plain"),)


def say(call, text, code=500, minutes=1):
    due_at = timezone.now() - timedelta(minutes=minutes)
    return make_outcome(call, code, due_at=due_at, headers=PLAIN, body=text.encode())


@pytest.fixture
def calls():
    """Two services that say the same, one of them something else too."""
    calls = [make_call(make_service(name="Alpha")), make_call(make_service(name="Beta"))]
    for number in range(4):
        say(calls[number % 2], f"Order {number} is gone", 404, minutes=10 - number)
    say(calls[1], "Down for maintenance", 503, minutes=1)
    return calls


def test_groups_are_counted_over_services_the_most_frequent_first(admin_client, calls):
    rows = admin_client.get("/messages/?since=-1h").context["rows"]
    assert [(row.text, row.code, row.services, row.group.count, sum(row.counts)) for row in rows] == [
        ("Order 0 is gone", 404, ["Alpha", "Beta"], 4, 4), ("Down for maintenance", 503, ["Beta"], 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("order", "first"), [("last", "Down for maintenance"), ("first", "Down for maintenance")])
def test_groups_can_be_sorted(admin_client, calls, order, first):
    rows = admin_client.get("/messages/", {"since": "-1h", "order": order}).context["rows"]
    assert rows[0].text == first


def test_a_text_and_a_service_narrow_the_list(admin_client, calls):
    assert [row.text for row in admin_client.get("/messages/?q=MAINT").context["rows"]] == ["Down for maintenance"]
    (row,) = admin_client.get("/messages/", {"service": calls[0].service.slug}).context["rows"]
    assert (row.group.count, row.services) == (2, ["Alpha"])
    content = admin_client.get("/messages/?q=nobody").content.decode()
    assert "No server said anything about an error in this range with these filters." in content


def test_more_groups_than_shown_are_told(admin_client, calls, monkeypatch):
    monkeypatch.setattr(message, "MOST_GROUPS", 1)
    assert "The first 1 of 2 groups" in admin_client.get("/messages/").content.decode()


def test_garbage_in_the_address_is_told_and_left_out(admin_client, calls):
    answer = admin_client.get("/messages/?order=sideways&since=banana&q=" + "x" * 300)
    assert answer.status_code == 200 and len(answer.context["rows"]) == 2
    assert set(answer.context["view"].problems) == {"order", "since", "q"}


def test_texts_from_outside_are_shown_as_text(admin_client):
    say(make_call(), "<script>alert(1)</script> \u202e \U0001f600" + "y" * 10_000)
    row = admin_client.get("/messages/").context["rows"][0]
    for address in ("/messages/", row.href):
        content = admin_client.get(address).content.decode()
        assert "<script>alert" not in content and "&lt;script&gt;alert" in content and "\u202e" not in content


def test_one_group_tells_its_history_its_calls_and_its_outcomes(admin_client, calls):
    pk = Message.objects.filter(template="Order <n> is gone").latest("pk").pk
    context = admin_client.get(f"/messages/{pk}/?since=-1h").context
    rows = Outcome.objects.filter(status_code=404).order_by("-pk")
    assert context["total"] == rows.count() == 4
    assert context["outcomes"] == list(rows) and context["codes"] == [404]
    assert [(one.call, one.count, one.share) for one in context["calls"]] == [(calls[0], 2, 0.5), (calls[1], 2, 0.5)]
    assert {group.key: group.total for group in context["series"].groups} == {str(call.pk): 2 for call in calls}
    assert context["samples"] == [f"Order {number} is gone" for number in (3, 2, 1, 0)]
    assert context["first_seen"] == rows.last().due_at


def test_any_message_of_a_group_shows_the_whole_of_it(admin_client, calls):
    pks = Message.objects.filter(template="Order <n> is gone").values_list("pk", flat=True)
    assert [admin_client.get(f"/messages/{pk}/").context["total"] for pk in pks] == [4, 4]


def test_a_bar_leads_to_this_group_in_that_time_and_call(admin_client, calls):
    pk = Message.objects.filter(template="Order <n> is gone").first().pk
    content = admin_client.get(f"/messages/{pk}/?since=-1h").content.decode()
    assert f'href="/messages/{pk}/?call={calls[0].pk}&amp;since=20' in content


def test_a_group_is_narrowed_by_service_and_call_only(admin_client, calls):
    pk = Message.objects.filter(template="Order <n> is gone").first().pk
    service, call = calls[0].service.slug, calls[1].pk
    assert admin_client.get(f"/messages/{pk}/", {"service": service}).context["total"] == 2
    assert admin_client.get(f"/messages/{pk}/", {"call": call}).context["total"] == 2
    answer = admin_client.get(f"/messages/{pk}/?status_code=503&verdict=passed")
    assert answer.context["total"] == len(answer.context["outcomes"]) == 4
    assert set(answer.context["view"].problems) == {"status_code", "verdict"}


def test_a_group_that_was_not_said_lately_says_so(admin_client):
    say(make_call(), "Long ago", minutes=5 * 60)
    pk = Message.objects.get().pk
    content = admin_client.get(f"/messages/{pk}/?since=-1h").content.decode()
    assert "Nobody said this in this range." in content and "Long ago" in content


def test_what_is_no_message_has_no_page(admin_client):
    assert admin_client.get("/messages/999/").status_code == 404
    assert admin_client.get("/messages/99999999999999999999/").status_code == 404


def test_queries_do_not_grow_with_services_and_groups(admin_client, django_assert_max_num_queries):
    for number in range(8):
        call = make_call()
        say(call, "The same everywhere")
        say(make_call(call.service), f"Only here: {'abcdefgh'[number]}")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(admin_client.get("/messages/?since=-7d").context["rows"]) == 9
    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(admin_client.get(f"/messages/{Message.objects.first().pk}/?since=-7d").context["group"]) == 8
