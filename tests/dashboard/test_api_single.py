"""The short way of a single push: what it answers is what the long way answers, and it never lets more through."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from apiclient.models import Outcome
from apiclient.roles import EDITOR, VIEWER
from dashboard.api import push, single
from tests.builders import bearer, make_call, make_service, make_team, make_token

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/outcomes/"


@pytest.fixture
def service():
    return make_service(name="Shop")


@pytest.fixture
def call(service):
    return make_call(service, name="Pay", interval_seconds=None)


@pytest.fixture
def editor(django_user_model, service):
    user = django_user_model.objects.create_user("editor")
    user.groups.add(Group.objects.get(name=EDITOR))
    make_team([user], [service])
    return user


@pytest.fixture
def long_way(monkeypatch):
    """How often it was gone."""
    gone = []
    receive = push.receive
    monkeypatch.setattr("dashboard.api.outcome.push.receive", lambda request: gone.append(1) or receive(request))
    return gone


def item(call, seconds_ago=60, **members):
    started_at = (timezone.now() - timedelta(seconds=seconds_ago)).isoformat()
    return {"call": call.pk, "started_at": started_at, "status_code": 200, "timings_ms": {"total": 12.5}} | members


def post(client, text, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(ADDRESS, data, content_type=content_type, headers=bearer(text) | headers)


def test_it_stores_one_outcome_once_and_answers_as_the_long_way_does(client, call, editor, long_way):
    _, text = make_token(editor, "push")
    one, two = item(call), item(call, seconds_ago=50)
    short = [post(client, text, one), post(client, text, one)]
    assert long_way == []
    lengthy = [post(client, text, two, "application/json; charset=utf-8") for _ in range(2)]
    assert len(long_way) == 2
    assert [answer.json() for answer in short] == [answer.json() for answer in lengthy]
    assert [answer.json()["stored"] for answer in short] == [1, 0]
    assert Outcome.objects.count() == 2


def test_its_answer_has_the_headers_of_any_answer(client, call, editor):
    _, text = make_token(editor, "push")
    short = post(client, text, item(call), **{"X-Request-ID": "mine"})
    lengthy = post(client, text, item(call, 50), "application/json; charset=utf-8", **{"X-Request-ID": "mine"})
    of_reading = {"Allow", "Vary"}
    assert set(short.headers) == set(lengthy.headers) - of_reading
    assert {name: short[name] for name in short.headers} == {name: lengthy[name] for name in short.headers}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status_code": 99}, 400),
        ({"call": 4_000_000}, 400),
        ({"started_at": "yesterday"}, 400),
        ({"surprise": 1}, 400),
    ],
)
def test_what_is_refused_is_told_by_the_long_way_and_stores_nothing(client, call, editor, long_way, change, status):
    _, text = make_token(editor, "push")
    answer = post(client, text, item(call) | change)
    assert (answer.status_code, answer["Content-Type"], len(long_way)) == (status, "application/problem+json", 1)
    assert answer.json()["errors"]
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("body", ["{", "[]", b"\xff", '{"call": NaN}', "[" * 5_000, "7"])
def test_a_body_that_is_no_outcome_reaches_the_long_way_whole(client, call, editor, long_way, body):
    _, text = make_token(editor, "push")
    assert post(client, text, body).status_code == (200 if body == "[]" else 400)
    assert len(long_way) == 1


def test_another_team_s_call_is_not_there(client, editor):
    _, text = make_token(editor, "push")
    answer = post(client, text, item(make_call(make_service(), interval_seconds=None)))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/call")


def test_a_token_limited_to_a_service_reaches_no_other(client, call, admin_user, service):
    _, text = make_token(admin_user, "push", services=[service])
    other = make_call(make_service(), interval_seconds=None)
    assert post(client, text, item(call)).status_code == 200
    assert post(client, text, item(other)).status_code == 400


def test_who_may_not_push_hears_so(client, call, editor, django_user_model):
    _, reads = make_token(editor, "read")
    viewer = django_user_model.objects.create_user("viewer")
    viewer.groups.add(Group.objects.get(name=VIEWER))
    _, looks = make_token(viewer, "push")
    assert [post(client, text, item(call)).status_code for text in (reads, looks, "ab_nonsense")] == [403, 403, 401]
    assert not Outcome.objects.exists()


def test_a_revoked_token_is_believed_no_longer_than_said(client, call, editor, monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr(single.time, "monotonic", lambda: now[0])
    token, text = make_token(editor, "push")
    assert post(client, text, item(call)).status_code == 200
    token.revoke()
    now[0] += single.BELIEVED_S
    assert post(client, text, item(call, 50)).status_code == 401


def test_it_is_counted_by_the_limit_of_pushes(client, call, editor, settings):
    settings.ANSWERBACK_PUSH_RATE = 2
    _, text = make_token(editor, "push")
    answers = [post(client, text, item(call, ago)) for ago in (50, 49, 48)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" in answers[2].headers


@pytest.mark.parametrize(
    "unusual", [{"Accept": "text/html"}, {"Content-Encoding": "gzip"}, {"Origin": "https://x.example"}]
)
def test_an_unusual_request_goes_the_long_way(client, call, editor, long_way, unusual):
    _, text = make_token(editor, "push")
    answer = post(client, text, item(call), **unusual)
    assert answer.status_code == {"text/html": 406, "gzip": 415}.get(next(iter(unusual.values())), 200)


def test_a_session_goes_the_long_way(admin_client, call, long_way):
    answer = admin_client.post(ADDRESS, json.dumps(item(call)), content_type="application/json")
    assert (answer.status_code, len(long_way)) == (200, 1)
