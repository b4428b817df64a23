"""Calls that prove who asks, run as a worker runs them: one login, every secret masked in what is kept."""

import pytest

from apiclient import execute
from apiclient.auth import oauth2
from apiclient.catalogue import Failure
from apiclient.clock import now_ms
from apiclient.execute import Runner
from apiclient.http import Guard
from apiclient.models import Batch, Outcome, OutcomeDetail
from apiclient.slot import slot_id
from apiclient.trial import try_out
from tests.builders import make_call, make_service
from tests.proving import ACCESS_KEY, PASSWORD, REGION, SERVICE, USER, Proving

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = {"password": PASSWORD, "client": "client-s3cret", "key": "api-key-1234"}


@pytest.fixture
def server():
    oauth2.forget_all()
    with Proving() as server:
        yield server


@pytest.fixture
def runner(monkeypatch):
    runner = Runner(Guard(["127.0.0.0/8"]), 10_000)
    monkeypatch.setattr(execute, "_runner", runner)
    yield runner
    runner.stop()


def make(server, auth, **fields):
    service = make_service(base_url=server.url, **fields)
    for name, value in SECRETS.items():
        service.secrets.create(name=name, value=value)
    service.auth = auth
    service.full_clean()
    service.save()
    return service


def run(calls):
    """One batch with a slot due now for each call; the outcomes in the order of the calls."""
    now = now_ms()
    batch = Batch.objects.create(slots=[slot_id(now, call.pk) for call in calls], created_ms=now, lease_ms=30_000)
    execute.run(batch.pk)
    execute.drain()
    return [Outcome.objects.get(call=call) for call in calls]


FORM = {
    "kind": "form",
    "path": "/login",
    "fields": {"j_username": USER, "j_password": "{{ secret.password }}"},
    "failed_location": "error=1",
    "logout_path": "/logout",
}
DIGEST = {"kind": "digest", "user": USER, "password": "{{ secret.password }}"}
AWS = {
    "kind": "aws_sigv4",
    "access_key": ACCESS_KEY,
    "secret_key": "{{ secret.password }}",
    "region": REGION,
    "service": SERVICE,
}


def oauth(server):
    url = f"{server.url}/token"
    return {"kind": "oauth2", "token_url": url, "client_id": "me", "client_secret": "{{ secret.client }}"}


@pytest.mark.parametrize(("auth", "path"), [(DIGEST, "/digest/MD5"), (AWS, "/signed"), (FORM, "/private")])
def test_a_batch_and_a_trial_prove_who_asks(server, runner, auth, path):
    service = make(server, auth)
    calls = [make_call(service, path=path) for _ in range(5)]
    assert [outcome.status_code for outcome in run(calls)] == [200] * 5
    assert try_out(calls[0]).outcome.status_code == 200
    other = make_call(service, path=path, auth={"kind": "none"})
    assert run([other])[0].status_code in (401, 403)


def test_one_login_for_a_batch_and_one_for_a_trial(server, runner):
    service = make(server, FORM)
    run([make_call(service, path="/private") for _ in range(10)])
    assert (server.asked["login"], server.asked["logout"]) == (1, 1)
    assert try_out(make_call(service, path="/private")).outcome.status_code == 200
    assert (server.asked["login"], server.asked["logout"]) == (2, 2)


def test_one_token_for_batches_and_trials(server, runner):
    service = make(server, oauth(server))
    for _ in range(2):
        outcomes = run([make_call(service, path="/guarded") for _ in range(5)])
        assert [outcome.status_code for outcome in outcomes] == [200] * 5
    try_out(make_call(service, path="/guarded"))
    assert server.asked["token"] == 1


def test_a_call_with_a_header_that_proves_it_asks_for_no_token(server, runner):
    call = make_call(make(server, oauth(server)), path="/guarded", headers={"Authorization": "Bearer other"})
    assert run([call])[0].status_code == 401
    assert server.asked["token"] == 0


def test_a_login_that_fails_is_kept_with_what_the_server_said(server, runner):
    server.login_fails = True
    outcome = run([make_call(make(server, FORM), path="/private")])[0]
    detail = OutcomeDetail.objects.get(pk=outcome.pk)
    assert (outcome.status_code, outcome.failure) == (None, Failure.AUTH)
    assert detail.error == "The login answered 302 to /login.html?error=1, which means that it failed."
    assert (detail.method, detail.url) == ("POST", f"{server.url}/login")
    assert ["Location", "/login.html?error=1"] in [list(pair) for pair in detail.headers]


def test_slots_that_begin_later_have_the_session_of_their_batch(server, runner):
    service = make(server, FORM)
    first, later = (make_call(service, path="/private") for _ in range(2))
    now = now_ms()
    slots = [slot_id(now, first.pk), slot_id(now + 900, later.pk)]
    execute.run(Batch.objects.create(slots=slots, created_ms=now, lease_ms=30_000).pk)
    execute.drain()
    assert {outcome.status_code for outcome in Outcome.objects.all()} == {200}
    assert (server.asked["login"], server.asked["logout"]) == (1, 1)


@pytest.mark.parametrize(
    ("auth", "path"),
    [
        ({"kind": "basic", "user": "me", "password": "{{ secret.password }}"}, "/echo"),
        ({"kind": "bearer", "token": "{{ secret.client }}"}, "/echo"),
        ({"kind": "api_key", "in": "header", "name": "X-Thing", "value": "{{ secret.key }}"}, "/echo"),
        ({"kind": "api_key", "in": "query", "name": "thing", "value": "{{ secret.key }}"}, "/echo"),
        (AWS | {"session_token": "{{ secret.client }}"}, "/echo"),
        (DIGEST, "/echo"),
        (FORM, "/private"),
        (None, "/guarded"),
    ],
)
def test_nothing_that_was_filled_in_or_learned_is_kept(server, runner, auth, path):
    call = make_call(make(server, auth or oauth(server)), path=path, expected_codes="599")
    outcome = run([call])[0]
    kept = str(OutcomeDetail.objects.filter(pk=outcome.pk).values()) + bytes(outcome.detail.body).decode()
    tried = try_out(call)
    kept += str(vars(tried.detail)) + tried.message
    planted = {*SECRETS.values(), "bWU6cMOkc3N3b3JkOiAx", *server.tokens, "session-", "token-"}
    assert outcome.status_code and [secret for secret in planted if secret in kept] == []


@pytest.mark.parametrize(
    ("auth", "path"),
    [
        ({"kind": "basic", "user": "me", "password": "{{ secret.password }}"}, ""),
        ({"kind": "bearer", "token": "{{ secret.client }}"}, ""),
        ({"kind": "api_key", "in": "header", "name": "X-Thing", "value": "{{ secret.key }}"}, ""),
        ({"kind": "api_key", "in": "query", "name": "thing", "value": "{{ secret.key }}"}, ""),
        (AWS | {"session_token": "{{ secret.client }}"}, ""),
        (DIGEST, "digest/MD5"),
        (FORM, ""),
        (None, ""),
    ],
)
def test_nothing_is_told_to_another_host(server, runner, auth, path):
    with Proving() as other:
        away = f"/redirect-to?url={other.url}/{path}"
        call = make_call(make(server, auth or oauth(server)), path=away, follow_redirects=True)
        run([call])
        assert other.requests
        told = str([(asked.path, asked.headers) for asked in other.requests])
        planted = {*SECRETS.values(), *server.tokens, "session-", "authorization", "cookie", "x-thing", "x-amz"}
        assert [secret for secret in planted if secret in told] == []
