"""Tokens: one for all, renewed before they expire and once after a 401; what goes wrong is typed and says so."""

import time
from base64 import b64decode
from functools import partial
from urllib.parse import parse_qs

import pytest

from apiclient import auth
from apiclient.auth import problem_with_auth
from apiclient.catalogue import Failure
from apiclient.course import once
from apiclient.http import Limits, Proxy, Request
from apiclient.http.redact import hidden_in, redact_text
from tests.proxy import http_proxy
from tests.voyages import sail

VALUES = {"secret.s": "client-s3cret"}


def given(server, **members):
    found = {"kind": "oauth2", "token_url": f"{server.url}/token", "client_id": "me", "client_secret": "{{ secret.s }}"}
    return found | members


def ask(engine, server, count=1, method="GET", like=None, **members):
    """So many calls of the guarded address at once, each as a slot of its own."""
    request = Request(method, f"{server.url}/guarded", limits=Limits(timeout_ms=3_000))
    login = auth.login(
        like or Request("GET", server.url, secrets=frozenset(VALUES.values())), given(server, **members), VALUES
    )
    session = login.session()
    for _ in range(count):
        session.join()
    return sail(engine, [lambda: session.through(once(request))] * count, request)


def test_all_who_ask_at_once_have_one_token(engine, server):
    assert [one.exchange.status_code for one in ask(engine, server, 50)] == [200] * 50
    assert (server.asked["token"], server.asked["guarded"]) == (1, 50)


def test_a_token_is_kept_for_the_next_batch(engine, server):
    for _ in range(3):
        assert ask(engine, server)[0].exchange.status_code == 200
    assert server.asked["token"] == 1


def test_another_secret_has_another_token(engine, server):
    ask(engine, server)
    ask(engine, server, client_id="other")
    assert server.asked["token"] == 2


def test_the_client_is_sent_by_basic(engine, server):
    ask(engine, server, scope="read write", audience="api")
    asked = next(one for one in server.requests if one.path == "/token")
    assert b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"me:client-s3cret"
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"], "scope": ["read write"], "audience": ["api"],
    }  # fmt: skip


def test_or_in_the_body(engine, server):
    ask(engine, server, client_auth="body")
    asked = next(one for one in server.requests if one.path == "/token")
    assert "authorization" not in asked.headers
    assert parse_qs(asked.body.decode())["client_secret"] == ["client-s3cret"]


@pytest.mark.parametrize("seconds", [0, 1, "1"])
def test_it_is_renewed_before_it_expires(engine, server, seconds):
    server.token_seconds = int(seconds)
    ask(engine, server)
    time.sleep(0.6)
    ask(engine, server)
    assert server.asked["token"] == 2


def test_one_that_says_nothing_of_its_end_is_kept(engine, server):
    server.token_seconds = None
    ask(engine, server)
    ask(engine, server)
    assert server.asked["token"] == 1


def test_a_refused_token_is_renewed_once_and_the_request_sent_again(engine, server):
    ask(engine, server)
    server.tokens.clear()
    arrived = ask(engine, server, 20)
    assert {one.exchange.status_code for one in arrived} == {200}
    assert server.asked["token"] == 2


def test_a_request_that_may_not_be_sent_twice_is_not(engine, server):
    ask(engine, server)
    server.tokens.clear()
    assert ask(engine, server, method="POST")[0].exchange.status_code == 401
    assert server.asked["guarded"] == 2
    assert ask(engine, server, method="POST")[0].exchange.status_code == 200


def test_a_401_that_stays_is_the_outcome(engine, server):
    server.token_answer = ("200 OK", '{"access_token": "never-good", "expires_in": 3600}')
    for sent in (1, 2):  # no better token, so it is not sent again
        arrived = ask(engine, server)[0]
        assert (arrived.exchange.status_code, server.asked["guarded"]) == (401, sent)


def test_the_token_is_masked_where_it_comes_back(engine, server):
    server.token_answer = ("200 OK", '{"access_token": "never-good-token"}')
    arrived = ask(engine, server)[0]
    assert b"never-good-token" in arrived.exchange.body
    assert "never-good" not in redact_text(arrived.exchange.body.decode(), hidden_in(arrived.request))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (("401 Unauthorized", '{"error": "invalid_client"}'), "The token server answered 401: invalid_client."),
        (("400 Bad", '{"error": "a", "error_description": "b"}'), "The token server answered 400: a: b."),
        (("503 Down", "<html>"), "The token server answered 503."),
        (("200 OK", "[]"), "The token server answered 200 without an access_token."),
        (("200 OK", '{"error": "x"}'), "The token server answered 200 without an access_token (x)."),
        (("200 OK", '{"access_token": 5}'), "The token server answered 200 without an access_token."),
        (("200 OK", "[" * 100_000), "The token server answered 200 without an access_token."),
        (("200 OK", '{"access_token": "a\\nb"}'), "The token server's access_token cannot stand in a header."),
    ],
)
def test_a_token_server_that_gives_none_is_a_failure_that_says_so(engine, server, answer, told):
    server.token_answer = answer
    arrived = ask(engine, server, 3)
    assert {(one.exchange.status_code, one.exchange.failure, one.exchange.error) for one in arrived} == {
        (None, Failure.AUTH, told)
    }
    assert server.asked["token"] <= 3 and server.asked["guarded"] == 0
    server.token_answer = None
    assert ask(engine, server)[0].exchange.status_code == 200


def test_a_secret_that_the_token_server_echoes_is_masked(engine, server):
    server.token_answer = ("401 No", '{"error": "bad secret {secret}"}')
    arrived = ask(engine, server, client_auth="body")[0]
    assert "client-s3cret" in arrived.exchange.error
    assert "s3cret" not in redact_text(arrived.exchange.error, hidden_in(arrived.request))


def test_a_token_server_that_is_not_there_is_a_failure_that_says_so(engine, server):
    arrived = ask(engine, server, token_url="http://127.0.0.1:9/token")[0]
    assert arrived.exchange.failure is Failure.AUTH
    assert arrived.exchange.error.startswith("The token server gave no answer: connection refused.")


def test_a_denied_token_server_is_not_asked(engine, server):
    arrived = ask(engine, server, token_url="http://169.254.169.254/token")[0]
    assert arrived.exchange.failure is Failure.AUTH and "metadata" in arrived.exchange.error


def test_the_slots_time_bounds_the_token_too(engine, server):
    began = time.monotonic()
    arrived = ask(engine, server, 3, token_url=f"{server.url}/hang")
    assert {one.exchange.failure for one in arrived} == {Failure.AUTH}
    assert 2.5 < time.monotonic() - began < 5


def test_the_token_server_is_asked_through_the_proxy(engine, server):
    with http_proxy() as proxied:
        like = Request("GET", server.url, proxy=Proxy("http", "127.0.0.1", proxied.port))
        assert ask(engine, server, like=like)[0].exchange.status_code == 200
    assert proxied.asked == [f"POST {server.url}/token"]


@pytest.mark.parametrize("url", ["ftp://a.example/", "token", "http://user:pass@a.example/"])
def test_a_token_url_must_be_one(url):
    auth_ = {"kind": "oauth2", "token_url": url, "client_id": "me", "client_secret": "{{ secret.s }}"}
    assert problem_with_auth(auth_).startswith("token_url: The URL")
    with pytest.raises(ValueError, match="token_url: The URL"):
        auth.login(Request("GET", "http://a.example/"), auth_ | {"token_url": "{{ url }}"}, VALUES | {"url": url})


def test_partial_courses_are_closed(engine, server):
    server.token_answer = ("500 No", "")
    closed = []

    def course():
        try:
            yield Request("GET", server.url)
        finally:
            closed.append(True)

    session = auth.login(Request("GET", server.url), given(server), VALUES).session()
    inner = course()
    next(inner)
    sail(engine, [partial(session.through, inner)], Request("GET", server.url))
    assert closed == [True]
