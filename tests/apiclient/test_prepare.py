"""A call is made ready once, and again when it or its service is edited."""

import pytest
from django.utils import timezone

from apiclient.expectation import SUCCESS
from apiclient.http import Limits
from apiclient.models import Call
from apiclient.prepare import Calls, prepare
from tests.builders import make_call, make_service

pytestmark = pytest.mark.django_db


def test_the_request_is_what_was_configured():
    service = make_service(base_url="http://api.example.org/v1/", headers={"Accept": "a/a", "X-One": "1"})
    call = make_call(
        service,
        method="POST",
        path="/things?deep=1",
        headers={"ACCEPT": "b/b", "X-Two": "2"},
        body="größe",
        timeout_ms=2_000,
        follow_redirects=True,
        verify_tls=False,
        expected_codes="201",
        slow_after_ms=500,
    )
    ready = prepare(call)
    request = ready.request
    assert (request.method, request.url) == ("POST", "http://api.example.org/v1/things?deep=1")
    assert request.headers == (("ACCEPT", "b/b"), ("X-One", "1"), ("X-Two", "2"))
    assert request.body == "größe".encode()
    assert (request.follow_redirects, request.verify_tls) == (True, False)
    assert (request.limits.timeout_ms, request.limits.connect_timeout_ms) == (2_000, 2_000)
    assert (ready.service_id, ready.problem) == (service.pk, "")
    assert (ready.expectation.codes, ready.expectation.slow_after_ms) == ({201}, 500)


def test_what_is_left_blank_has_the_usual_meaning():
    ready = prepare(make_call(make_service(base_url="http://api.example.org/v1"), path="", timeout_ms=60_000))
    assert ready.request.url == "http://api.example.org/v1"
    assert ready.request.limits.connect_timeout_ms == Limits().connect_timeout_ms
    assert ready.expectation.codes == SUCCESS


def test_an_international_address_is_sent_in_ascii():
    call = make_call(make_service(base_url="http://bücher.example"), path="/größe")
    assert prepare(call).request.url == "http://xn--bcher-kva.example/gr%C3%B6%C3%9Fe"


def test_unchanged_calls_are_read_once_however_many(django_assert_num_queries):
    service, calls = make_service(), Calls()
    ids = [make_call(service).pk for _ in range(20)]
    with django_assert_num_queries(3):
        first = calls.ready(ids)
    with django_assert_num_queries(1):
        assert calls.ready(ids) == first
    assert set(first) == set(ids)


def test_an_edit_of_the_call_or_its_service_is_seen():
    calls, call = Calls(), make_call(path="/a")
    assert calls.ready([call.pk])[call.pk].request.url.endswith("/a")
    call.path = "/b"
    call.save()
    assert calls.ready([call.pk])[call.pk].request.url.endswith("/b")
    call.service.base_url = "http://127.0.0.2:9"
    call.service.save()
    assert calls.ready([call.pk])[call.pk].request.url == "http://127.0.0.2:9/b"


def test_an_edit_elsewhere_makes_no_call_be_read_again(django_assert_num_queries):
    calls, call, other = Calls(), make_call(), make_call()
    kept = calls.ready([call.pk])
    other.save()
    with django_assert_num_queries(2):
        assert calls.ready([call.pk])[call.pk] is kept[call.pk]


def test_deleted_calls_are_left_out():
    calls, call = Calls(), make_call()
    pk = call.pk
    calls.ready([pk])
    call.delete()
    assert calls.ready([pk, 4_000_000]) == {}


@pytest.mark.parametrize("fields", [{"expected_codes": "nonsense"}, {"headers": ["a"]}])
def test_a_call_unfit_to_be_sent_says_why_and_leaves_the_others_alone(fields):
    good, bad = make_call(), make_call()
    Call.objects.filter(pk=bad.pk).update(updated_at=timezone.now(), **fields)
    ready = Calls().ready([good.pk, bad.pk])
    assert ready[good.pk].problem == ""
    assert ready[bad.pk].problem.startswith("The call cannot be sent: ")
