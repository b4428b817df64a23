"""A call is made ready once, and again when it or its service is edited."""

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from apiclient.expectation import SUCCESS
from apiclient.http import Limits, Proxy
from apiclient.models import Call
from apiclient.prepare import Calls, prepare
from tests.builders import make_answer, make_call, make_secret, make_service

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
    with django_assert_num_queries(4):
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
    with django_assert_num_queries(3):
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


@pytest.fixture
def service():
    found = make_service(
        base_url="http://{{ host }}:9/v1",
        headers={"Authorization": "Bearer {{ secret.key }}"},
        variables={"host": "a.example", "login": "u:{{ secret.password }}"},
        environments={"staging": {"host": "b.example"}},
    )
    make_secret(found, name="key", value="key-for-all")
    make_secret(found, name="key", value="key-of-staging", environment="staging")
    make_secret(found, name="password", value="pass&word")
    return found


def test_placeholders_are_filled_everywhere_and_the_secrets_told(service):
    call = make_call(
        service, method="POST", path="/{{ host }}", headers={"X": "{{login}}"}, body="{{ secret.password }}"
    )
    request = prepare(call).request
    assert request.url == "http://a.example:9/v1/a.example"
    assert request.headers == (("Authorization", "Bearer key-for-all"), ("X", "u:pass&word"))
    assert request.body == b"pass&word"
    assert request.secrets == {"key-for-all", "pass&word"}
    assert "key-for-all" not in repr(request)


def test_a_new_value_a_new_variable_and_another_environment_are_seen(service):
    calls, call = Calls(), make_call(service)

    def sent():
        request = calls.ready([call.pk])[call.pk].request
        return request.url, request.headers[0][1]

    assert sent() == ("http://a.example:9/v1/x", "Bearer key-for-all")
    secret = service.secrets.get(name="key", environment="")
    secret.value = "key-renewed"
    secret.save()
    assert sent() == ("http://a.example:9/v1/x", "Bearer key-renewed")
    service.environment = "staging"
    service.save()
    assert sent() == ("http://b.example:9/v1/x", "Bearer key-of-staging")
    service.secrets.get(name="key", environment="staging").delete()
    assert sent() == ("http://b.example:9/v1/x", "Bearer key-renewed")
    service.environments = {"staging": {"host": "c.example"}}
    service.save()
    assert sent() == ("http://c.example:9/v1/x", "Bearer key-renewed")


def test_the_secrets_of_a_service_are_read_once_for_all_its_calls(service, django_assert_num_queries):
    ids = [make_call(service).pk for _ in range(20)]
    with django_assert_num_queries(5):
        Calls().ready(ids)


def test_a_secret_that_is_missing_or_cannot_be_decrypted_is_a_problem_without_its_value(service, settings):
    call = make_call(service)
    plain = make_call(make_service())
    service.secrets.filter(name="key")._raw_delete("default")  # as somebody who bypasses the model
    assert Calls().ready([call.pk])[call.pk].problem == "The call cannot be sent: There is no secret 'key'."
    make_secret(service, name="key", value="key-for-all")
    settings.ANSWERBACK_SECRETS_KEYS = [Fernet.generate_key().decode()]
    ready = Calls().ready([call.pk, plain.pk])
    assert "The secret 'key' cannot be decrypted." in ready[call.pk].problem
    assert "key-for-all" not in str(ready)
    assert ready[plain.pk].problem == ""


def test_a_secret_is_in_no_sentence_about_what_cannot_be_sent(service):
    service.secrets.filter(name="password").delete()
    make_secret(service, name="password", value="Secret..Label")
    Call.objects.filter(pk=make_call(service).pk).update(path="")
    type(service).objects.filter(pk=service.pk).update(base_url="http://ä{{ secret.password }}/")
    problem = Calls().ready([Call.objects.get().pk])[Call.objects.get().pk].problem
    assert problem
    assert "secret..label" not in problem.lower()


BASIC = {"kind": "basic", "user": "me", "password": "{{ secret.p }}"}
TOKEN = {"kind": "bearer", "token": "{{ secret.t }}"}


@pytest.mark.parametrize(
    ("of_service", "of_call", "header", "sent"),
    [
        (BASIC, None, None, "Basic bWU6aHVzaC1odXNo"),
        (BASIC, TOKEN, None, "Bearer token-token"),
        (BASIC, {"kind": "none"}, None, None),
        (BASIC, None, "of the call", "of the call"),
        (BASIC, TOKEN, "of the call", "Bearer token-token"),
        ({}, TOKEN, None, "Bearer token-token"),
        ({}, None, None, None),
    ],
)
def test_the_service_proves_who_asks_unless_its_call_knows_better(of_service, of_call, header, sent):
    service = make_service()
    service.secrets.create(name="p", value="hush-hush")
    service.secrets.create(name="t", value="token-token")
    service.auth = of_service
    service.full_clean()
    service.save()
    headers = {"authorization": header} if header else {}
    request = prepare(make_call(service, auth=of_call, headers=headers)).request
    assert {name.lower(): value for name, value in request.headers}.get("authorization") == sent


def test_the_auth_of_a_service_wins_over_its_headers():
    service = make_service(headers={"authorization": "of the service"})
    service.secrets.create(name="p", value="hush-hush")
    service.auth = BASIC
    assert prepare(make_call(service)).request.headers == (("Authorization", "Basic bWU6aHVzaC1odXNo"),)


def test_the_proxy_of_the_service_is_the_way():
    service = make_service(variables={"place": "proxy.example"})
    service.secrets.create(name="p", value="a@b:c/d")
    service.proxy = "http://me:{{ secret.p }}@{{ place }}:8080"
    service.full_clean()
    ready = prepare(make_call(service))
    assert ready.request.proxy == Proxy("http", "proxy.example", 8080, "me", "a@b:c/d")
    assert "a@b:c/d" in ready.request.secrets


def test_an_auth_that_got_past_the_forms_says_what_is_wrong_with_it():
    call = make_call()
    Call.objects.filter(pk=call.pk).update(auth={"kind": "bearer"}, updated_at=timezone.now())
    assert Calls().ready([call.pk])[call.pk].problem == (
        "The call cannot be sent: token: bearer needs it, a placeholder such as {{ secret.name }}."
    )


def test_the_reference_judges_where_the_call_names_no_codes_and_every_edit_of_it_is_seen():
    call, other, calls = make_call(), make_call(expected_codes="2xx"), Calls()

    def passing(of=call):
        return calls.ready([of.pk])[of.pk].expectation.codes & {200, 204, 404}

    assert passing() == {200, 204}
    shared = make_answer(service=call.service, codes="404", kind="success")
    own = make_answer(call=call, codes="204", kind="error")
    assert passing() == {200, 404}
    own.kind = ""
    own.save()
    assert passing() == {200, 204, 404}
    shared.delete()
    assert passing() == {200, 204}
    make_answer(service=other.service, codes="404", kind="success")
    assert passing(other) == {200, 204}
