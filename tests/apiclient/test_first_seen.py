"""Codes that a call never answered before, noted once whoever records them; what is documented follows each edit."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apiclient import first_seen
from apiclient.catalogue import Failure
from apiclient.models import DocumentedAnswer, FirstSeen
from tests.builders import make_answer, make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
AT = timezone.now() - timedelta(minutes=10)


@pytest.fixture
def call():
    return make_call(make_service(name="Shop"), name="Orders")


def outcome(call, code, second=0, **fields):
    return make_outcome(call, code, due_at=AT + timedelta(seconds=second), **fields)


def said(call):
    return dict(FirstSeen.objects.filter(call=call).values_list("status_code", "documented"))


def test_a_code_is_noted_at_its_first_outcome_and_never_again(call):
    first = outcome(call, 200)
    outcome(call, 200, 1)
    outcome(call, 503, 2)
    outcome(call, None, 3, failure=Failure.TIMEOUT)
    first_seen.forget()
    outcome(call, 200, 4)
    rows = FirstSeen.objects.order_by("pk").values_list("call", "status_code", "slot", "is_news")
    assert list(rows[:1]) == [(call.pk, 200, first.pk, True)] and len(rows) == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_is_noted_when_it_comes_again_and_what_was_kept_costs_no_query(
    call, django_assert_num_queries
):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        first_seen.note([(call.pk, 200)])
        raise ZeroDivisionError
    assert not FirstSeen.objects.exists()
    with transaction.atomic():
        first_seen.note([(call.pk, 200)])
    assert FirstSeen.objects.count() == 1
    with django_assert_num_queries(0):
        first_seen.note([(call.pk, 200)])


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(first_seen, "MOST_KNOWN", 3)
    first_seen._remember({(1, code) for code in range(4)})
    first_seen._remember({(2, 200)})
    assert first_seen._known == {(2, 200)}


def test_what_is_documented_follows_each_edit_of_the_reference(call):
    other = make_call(call.service)
    for code in (200, 404, 503):
        outcome(call, code, code)
    outcome(other, 503)
    assert said(call) == {200: None, 404: None, 503: None}
    shared = make_answer(service=call.service, codes="4xx")
    assert said(call) == {200: False, 404: True, 503: False} and said(other) == {503: False}
    own = make_answer(call=call, codes="200, 503")
    assert said(call) == {200: True, 404: True, 503: True} and said(other) == {503: False}
    own.codes = "200"
    own.save()
    assert said(call)[503] is False
    shared.delete()
    assert said(call) == {200: True, 404: False, 503: False} and said(other) == {503: None}
    DocumentedAnswer.objects.filter(call=call).delete()
    assert said(call) == {200: None, 404: None, 503: None}


def test_a_code_is_noted_as_the_reference_says_at_that_moment(call):
    make_answer(call=call, codes="2xx")
    outcome(call, 204)
    outcome(call, 404, 1)
    assert said(call) == {204: True, 404: False}


def test_all_of_it_can_be_reviewed(call):
    outcome(call, 404)
    DocumentedAnswer.objects.bulk_create([DocumentedAnswer(service=call.service, call=call, codes="404")])
    assert first_seen.review_all([call.pk]) == 1
    assert said(call) == {404: True}
    assert first_seen.review_all([call.pk]) == 0


def test_it_goes_with_its_call(call):
    outcome(call, 200)
    make_answer(call=call)
    call.delete()
    assert not FirstSeen.objects.exists()
