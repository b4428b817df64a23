"""A login by form: one for all calls of a batch, their cookies sent, and one logout at the end."""

import time
from urllib.parse import parse_qs

import pytest

from apiclient import auth
from apiclient.auth import problem_with_auth
from apiclient.auth.form import cookies_of
from apiclient.catalogue import Failure
from apiclient.course import once
from apiclient.http import Limits, Request
from apiclient.http.redact import hidden_in, redact_text
from tests.proving import PASSWORD, USER
from tests.voyages import sail

GIVEN = {
    "kind": "form",
    "path": "/login",
    "fields": {"j_username": USER, "j_password": "{{ secret.p }}"},
    "failed_location": "error=1",
    "logout_path": "/logout",
}
VALUES = {"secret.p": PASSWORD}


def ask(engine, server, *paths, headers=(), timeout_ms=3_000, values=VALUES, **members):
    """A batch: each path is a slot."""
    like = Request("GET", server.url, (("X-Remote-Domain", "1"),), secrets=frozenset(values.values()))
    session = auth.login(like, {**GIVEN, **members}, values).session()
    limits, courses = Limits(timeout_ms=timeout_ms), []
    for path in paths or ("/private",):
        session.join()
        request = Request("GET", server.url + path, headers, limits=limits)
        courses.append(lambda request=request: session.through(once(request)))
    return sail(engine, courses, Request("GET", server.url, limits=limits))


def test_a_batch_logs_in_once_and_out_once(engine, server):
    arrived = ask(engine, server, *["/private"] * 30)
    assert [one.exchange.status_code for one in arrived] == [200] * 30
    assert (server.asked["login"], server.asked["private"], server.asked["logout"]) == (1, 30, 1)
    assert server.sessions == set()
    assert server.requests[0].path == "/login" and server.requests[-1].path == "/logout"


def test_what_is_sent_to_get_in(engine, server):
    ask(engine, server)
    asked = server.requests[0]
    assert (asked.method, asked.headers["x-remote-domain"]) == ("POST", "1")
    assert parse_qs(asked.body.decode()) == {"j_username": [USER], "j_password": [PASSWORD]}


def test_the_last_one_logs_out_however_long_it_takes(engine, server):
    arrived = ask(engine, server, "/private", "/delay/0.5", "/private")
    assert [one.exchange.status_code for one in arrived] == [200] * 3
    assert [one.path for one in server.requests][-2:] in (["/delay/0.5", "/logout"], ["/private", "/logout"])
    assert server.asked["logout"] == 1


def test_the_calls_own_cookies_are_sent_too(engine, server):
    ask(engine, server, headers=(("Cookie", "theme=dark; userLocale=uk"),))
    sent = next(one for one in server.requests if one.path == "/private").headers["cookie"]
    assert sent.startswith("theme=dark; userLocale=uk; JSESSIONID=session-") and "userLocale=en" not in sent


def test_the_session_is_masked_where_it_comes_back(engine, server):
    arrived = ask(engine, server)[0]
    text = arrived.exchange.body.decode()
    assert "session-" in text
    assert "session-" not in redact_text(text, hidden_in(arrived.request))


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({}, "The login answered 302 to /login.html?error=1, which means that it failed."),
        ({"failed_location": "nope"}, "The login answered 302 to /login.html?error=1 and gave no cookie."),
        ({"expected_codes": "200"}, "The login answered 302 to /login.html?error=1, which is not what lets in."),
        ({"path": "/status/503"}, "The login answered 503, which is not what lets in."),
        ({"path": "/reset"}, "The login gave no answer: connection closed early. "),
    ],
)
def test_a_login_that_fails_is_the_failure_of_every_slot(engine, server, members, told):
    server.login_fails = True
    arrived = ask(engine, server, *["/private"] * 5, **members)
    assert {one.exchange.failure for one in arrived} == {Failure.AUTH}
    assert all(one.exchange.error.startswith(told) for one in arrived)
    assert len(server.requests) == 1


def test_a_login_that_hangs_ends_with_each_slots_own_time(engine, server):
    began = time.monotonic()
    arrived = ask(engine, server, *["/private"] * 3, path="/hang", timeout_ms=500)
    assert {one.exchange.failure for one in arrived} == {Failure.AUTH}
    assert time.monotonic() - began < 2


def test_a_logout_that_hangs_does_not_hold_the_outcome_for_long(engine, server):
    began = time.monotonic()
    arrived = ask(engine, server, logout_path="/hang", timeout_ms=400)[0]
    assert (arrived.exchange.status_code, time.monotonic() - began < 7) == (200, True)


def test_without_a_logout_nobody_logs_out(engine, server):
    session = {name: value for name, value in GIVEN.items() if name != "logout_path"}
    login = auth.login(Request("GET", server.url), session, VALUES).session()
    login.join()
    request = Request("GET", f"{server.url}/private")
    assert sail(engine, [lambda: login.through(once(request))], request)[0].exchange.status_code == 200
    assert server.asked["logout"] == 0 and server.sessions


def test_cookies_without_their_attributes_nor_those_that_are_deleted():
    headers = (("Set-Cookie", "a=b=c; Path=/; Secure"), ("set-cookie", "gone=; Max-Age=0"), ("Set-Cookie", "junk"))
    assert cookies_of(headers) == {"a": "b=c"}


def test_logins_that_differ_in_time_only_share_a_session(server):
    login = auth.login(Request("GET", server.url), GIVEN, VALUES)
    other = auth.login(Request("GET", server.url, limits=Limits(timeout_ms=5)), GIVEN, VALUES)
    assert login.key == other.key
    assert login.key != auth.login(Request("GET", server.url), GIVEN, {"secret.p": "x"}).key


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("path", "login"),
        ("path", "//other.example/x y"),
        ("logout_path", "http://other.example/"),
        ("expected_codes", "nonsense"),
        ("logout_method", "BREW"),
        ("fields", {"j_password": "hush"}),
    ],
)
def test_members_are_refused_by_name(member, value):
    problem = problem_with_auth(GIVEN | {member: value})
    assert problem.startswith(f"{member}: ") and "hush" not in problem
