"""Failures without an answer: counted by type, apart from the classes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from apiclient.catalogue import Failure
from apiclient.models import Outcome
from tests.builders import make_call, make_outcome

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20


@pytest.fixture
def calls():
    calls = [make_call(), make_call()]
    failed = [Failure.DNS, Failure.DNS, Failure.DNS, Failure.TLS, Failure.MISSED]
    for number, failure in enumerate(failed):
        make_outcome(calls[number % 2], None, failure, due_at=timezone.now() - timedelta(minutes=1 + number))
    for number in range(5):
        make_outcome(calls[0], 500, due_at=timezone.now() - timedelta(minutes=10 + number))
    return calls


def test_types_are_counted_with_their_share_and_what_to_check(admin_client, calls):
    answer = admin_client.get("/failures/?since=-1h")
    rows = answer.context["rows"]
    recount = {one: Outcome.objects.filter(failure=one).count() for one in Failure}
    assert {row.failure: row.count for row in rows} == {one: count for one, count in recount.items() if count}
    assert (rows[0].failure, rows[0].share, rows[0].ours) == (Failure.DNS, 0.3, False)
    assert {row.failure for row in rows if row.ours} == {Failure.MISSED}
    assert len(answer.context["absent"]) == len(Failure) - 3
    content = answer.content.decode()
    assert all(escape(one.advice) in content for one in Failure)


def test_types_and_classes_are_two_charts(admin_client, calls):
    context = admin_client.get("/failures/?since=-1h").context
    assert {group.key: group.total for group in context["series"].groups} == {"dns": 3, "tls": 1, "missed": 1}
    assert {group.key: group.total for group in context["classes"].groups} == {"5xx": 5, "none": 5}


def test_bars_and_types_lead_to_their_outcomes(admin_client, calls):
    answer = admin_client.get("/failures/?since=-1h")
    content = answer.content.decode()
    assert 'href="/outcomes/?failure=dns&amp;since=20' in content
    assert answer.context["rows"][0].outcomes == "/outcomes/?since=-1h&failure=dns"
    assert len(admin_client.get("/outcomes/?since=-1h&failure=dns").context["outcomes"]) == 3


def test_calls_are_told_with_their_types_the_most_failed_first(admin_client, calls):
    found = admin_client.get("/failures/?since=-1h").context["calls"]
    assert [(one.call, one.count) for one in found] == [(calls[0], 3), (calls[1], 2)]
    assert found[0].answers[0] == ((None, Failure.DNS), 2) and found[0].share == pytest.approx(3 / 5)


def test_one_type_alone_tells_where_it_came(admin_client, calls):
    context = admin_client.get("/failures/?since=-1h&failure=tls").context
    assert [(one.call, one.count) for one in context["calls"]] == [(calls[1], 1)]
    assert [row.failure for row in context["rows"]] == [Failure.TLS]


def test_more_types_than_have_a_look_are_one_group(admin_client):
    for number, failure in enumerate(Failure):
        make_outcome(make_call(), None, failure, due_at=timezone.now() - timedelta(minutes=1 + number))
    context = admin_client.get("/failures/?since=-1h").context
    assert (context["series"].groups[-1].key, context["series"].groups[-1].total) == ("", len(Failure) - 7)
    assert len(context["rows"]) == len(Failure) and not context["absent"]


def test_no_failure_is_told_as_good_news(admin_client):
    make_outcome(make_call(), 200)
    content = admin_client.get("/failures/").content.decode()
    assert "Every call was answered in this range." in content and "No call remained without an answer" in content


def test_queries_do_not_grow_with_calls(admin_client, django_assert_max_num_queries):
    for _ in range(8):
        make_outcome(make_call(), None, Failure.DNS)
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get("/failures/?since=-7d")
