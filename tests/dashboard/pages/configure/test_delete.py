"""Services and calls deleted, once it was said what goes."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from apiclient import rollup
from apiclient.clock import now_ms
from apiclient.models import Call, Outcome, Rollup, Service
from dashboard.pages.configure.delete import lost
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db
CALL, SERVICE = "/configure/calls/shop/list/delete/", "/configure/services/shop/delete/"
MOST_QUERIES = 14


@pytest.fixture
def call():
    call = make_call(make_service(name="Shop"), name="List")
    for days in range(3):
        make_outcome(call, 500, due_at=timezone.now() - timedelta(days=days, minutes=5), body=b"no beans")
    make_outcome(make_call(call.service, name="Other"), 200)
    return call


def test_it_says_what_is_lost_and_what_stays(admin_client, call):
    content = admin_client.get(CALL).content.decode()
    first = timezone.now() - timedelta(days=2, minutes=5)
    assert "<b>3</b> outcomes" in content and f"{first:%B %Y}" in content
    assert "1 other call," in content and "Pause instead" in content
    content = admin_client.get(SERVICE).content.decode()
    assert "<b>2</b> calls" in content and "<b>4</b> outcomes" in content
    assert Call.objects.count() == 2


def test_what_is_counted_is_not_read(call, django_assert_max_num_queries):
    call.service.calls.all()
    for one in Call.objects.all():
        one.dues.all().delete()  # or nothing could be closed
    rollup.close(now_ms())
    with django_assert_max_num_queries(4):
        assert lost(calls=frozenset({call.pk})).outcomes == 3


def test_a_call_without_outcomes_loses_none(admin_client, call):
    make_call(call.service, name="Fresh")
    assert b"no outcome" in admin_client.get("/configure/calls/shop/fresh/delete/").content


def test_a_call_is_deleted_and_the_others_stay(admin_client, call):
    answer = admin_client.post(CALL, follow=True)
    assert answer.redirect_chain == [("/services/shop/", 302)]
    assert b"List was deleted" in answer.content
    assert Call.objects.get().name == "Other" and Outcome.objects.count() == 1
    assert LogEntry.objects.get().is_deletion()


def test_a_service_is_deleted_with_all_it_has(admin_client, call):
    assert admin_client.post(SERVICE).url == "/"
    assert not any(kind.objects.exists() for kind in (Service, Call, Outcome, Rollup))


@pytest.mark.parametrize("path", [CALL, SERVICE])
def test_only_who_may_edit(client, django_user_model, call, path):
    assert client.post(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("ann"))
    assert client.get(path).status_code == client.post(path).status_code == 403
    assert Call.objects.count() == 2


@pytest.mark.parametrize("path", [CALL, SERVICE])
def test_queries_are_few(admin_client, call, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        admin_client.get(path)
