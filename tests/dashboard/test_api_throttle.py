"""Limits: by token, by address, and for who guesses."""

import pytest
from django.test import RequestFactory

from dashboard.api import throttle
from dashboard.cache import address, shared
from tests.builders import bearer, make_token
from tests.dashboard.test_api_problem import problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_minute(monkeypatch):
    """Nothing is asked over a minute's end."""
    monkeypatch.setattr(shared.time, "time", lambda: 1_800_000_048.0)


@pytest.fixture
def few(monkeypatch, settings):
    settings.ANSWERBACK_API_RATE = 600
    monkeypatch.setattr(throttle, "FAILURES", 3)


def ask(client, text, path="/api/v1/services/", **more):
    return client.get(path, headers=bearer(text), **more)


def wrong(text):
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def problem_of(answer):
    return answer.status_code, answer.json()["detail"]


def statuses(ask_once, times):
    return [ask_once().status_code for _ in range(times)]


def test_a_token_that_asks_too_much_is_told_when_to_ask_again(client, admin_user, settings):
    settings.ANSWERBACK_API_RATE = 2
    _, text = make_token(admin_user, "read")
    _, other = make_token(admin_user, "read")
    assert statuses(lambda: ask(client, text), 2) == [200, 200]
    answer = ask(client, text)
    assert problem(answer, 429)["detail"] == "More than 2 requests a minute by this token. Ask again in 12 s."
    assert answer["Retry-After"] == "12"
    assert ask(client, other).status_code == 200


def test_the_next_minute_begins_anew(client, admin_user, settings, monkeypatch):
    settings.ANSWERBACK_API_RATE = 1
    _, text = make_token(admin_user, "read")
    assert statuses(lambda: ask(client, text), 2) == [200, 429]
    monkeypatch.setattr(shared.time, "time", lambda: 1_800_000_060.0)
    assert ask(client, text).status_code == 200


def test_what_was_refused_counts_too(client, admin_user, settings):
    settings.ANSWERBACK_API_RATE = 2
    _, text = make_token(admin_user, "push")
    assert statuses(lambda: ask(client, text), 3) == [403, 403, 429]


def test_sessions_are_counted_by_address(admin_client, settings):
    settings.ANSWERBACK_API_RATE = 1
    ask_from = lambda where: admin_client.get("/api/v1/services/", REMOTE_ADDR=where).status_code  # noqa: E731
    assert [ask_from("10.0.0.1"), ask_from("10.0.0.1"), ask_from("10.0.0.2")] == [200, 429, 200]


def test_zero_is_no_limit(client, admin_user, settings):
    settings.ANSWERBACK_API_RATE = 0
    _, text = make_token(admin_user, "read")
    assert set(statuses(lambda: ask(client, text), 5)) == {200}


def test_pushing_has_a_limit_of_its_own(admin_user, settings):
    from tests.dashboard.test_api_permission import ask as ask_thing

    settings.ANSWERBACK_API_RATE, settings.ANSWERBACK_PUSH_RATE = 1, 3
    _, text = make_token(admin_user, "read", "push")
    assert statuses(lambda: ask_thing("post", text), 4) == [200, 200, 200, 429]
    assert statuses(lambda: ask_thing("get", text), 2) == [200, 429]


def test_strangers_are_slowed_and_others_at_their_address_are_not(client, admin_user, few):
    _, text = make_token(admin_user, "read")
    assert statuses(lambda: client.get("/api/v1/services/"), 4) == [401, 401, 401, 429]
    answer = client.get("/api/v1/services/")
    assert "did not sign in" in problem(answer, 429)["detail"] and answer["Retry-After"] == "12"
    assert ask(client, text).status_code == 200


def test_guessing_a_secret_is_slowed_until_even_the_right_one_is_refused(client, admin_user, few):
    _, text = make_token(admin_user, "read")
    _, other = make_token(admin_user, "read")
    assert statuses(lambda: ask(client, wrong(text)), 5) == [401, 401, 401, 429, 429]
    assert ask(client, text).status_code == 429
    assert ask(client, other).status_code == 200
    assert ask(client, text, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_guessing_tells_nothing_about_which_tokens_there_are(client, admin_user, few):
    _, text = make_token(admin_user, "read")
    unknown = f"ab_{'0' * 12}_{'0' * 64}"
    told = [
        [problem_of(ask(client, guess, REMOTE_ADDR=at)) for _ in range(5)]
        for guess, at in ((wrong(text), "10.0.0.1"), (unknown, "10.0.0.2"))
    ]
    assert told[0] == told[1]


def test_an_expired_token_is_no_guess(client, admin_user, few):
    token, text = make_token(admin_user, "read")
    token.revoke()
    assert statuses(lambda: ask(client, text), 3) == [401, 401, 401]
    token.revoked_at = None
    token.save()
    assert ask(client, text).status_code == 200


def test_nothing_fails_while_the_cache_is_away(client, admin_user, settings, monkeypatch):
    settings.CACHES = settings.CACHES | {"shared": address.config("unix:///nowhere/at/all.sock", "")}
    settings.ANSWERBACK_API_RATE = 1
    monkeypatch.setattr(throttle, "shared", shared.Shared())
    _, text = make_token(admin_user, "read")
    assert statuses(lambda: ask(client, text), 3) == [200, 200, 200]
    assert ask(client, wrong(text)).status_code == 401


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "1.1.1.1", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.1.1.1", "10.0.0.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", "unknown"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, "", "::ffff:10.0.0.1", "10.0.0.1"),
        (0, "", "", "unknown"),
    ],
)
def test_the_address_is_the_one_that_the_proxies_in_front_vouch_for(settings, proxies, forwarded, remote, expected):
    settings.ANSWERBACK_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert throttle.address(request) == expected
