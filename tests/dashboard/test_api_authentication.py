"""Who signs in to the API, how, and what is said to who does not."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apiclient.models import Team, Token
from tests.builders import bearer, make_call, make_service, make_token
from tests.dashboard.test_api_problem import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user("ann")


def ask(client, text, path="/api/v1/services/"):
    return client.get(path, headers=bearer(text))


def test_a_token_signs_in_as_its_owner_and_makes_no_session(client, admin_user):
    _, text = make_token(admin_user, "read")
    service = make_service()
    answer = ask(client, text)
    assert [row["id"] for row in answer.json()["results"]] == [service.pk]
    assert not answer.cookies


@pytest.mark.parametrize("kind", ["bearer", "BEARER", " Bearer "])
def test_the_word_before_it_may_be_written_anyhow(client, admin_user, kind):
    _, text = make_token(admin_user, "read")
    assert client.get("/api/v1/", headers={"Authorization": f"{kind} {text}"}).status_code == 200


def test_it_shows_what_its_owner_reaches_at_that_moment(client, ann):
    call, other = make_call(), make_call()
    _, text = make_token(ann, "read")
    path = f"/api/v1/calls/?service={call.service_id}"
    assert ask(client, text, path).status_code == 400  # no such service, as far as they see
    team = Team.objects.create(name="Shop", slug="shop")
    team.members.add(ann)
    team.services.add(call.service)
    assert [row["id"] for row in ask(client, text, path).json()["results"]] == [call.pk]
    assert ask(client, text, f"/api/v1/calls/?service={other.service_id}").status_code == 400


def test_a_token_that_is_limited_to_services_shows_no_others(client, admin_user):
    call, other = make_call(), make_call()
    _, text = make_token(admin_user, "read", services=[call.service])
    assert ask(client, text, f"/api/v1/calls/?service={call.service_id}").status_code == 200
    assert ask(client, text, f"/api/v1/calls/?service={other.service_id}").status_code == 400


def test_what_does_not_sign_in_is_a_401_that_says_why(client, admin_user):
    _, text = make_token(admin_user, "read")
    answer = ask(client, text[:-1] + ("1" if text[-1] == "0" else "0"))
    assert "not known" in problem(answer, 401)["detail"]
    assert answer["WWW-Authenticate"] == 'Bearer realm="Answerback", error="invalid_token"'
    for change, word in (
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expired"),
        ({"revoked_at": timezone.now()}, "revoked"),
    ):
        Token.objects.update(**change)
        answer = ask(client, text)
        assert word in problem(answer, 401)["detail"]
        assert "invalid_token" in answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    "text", ["", "x", "ab_", "ab_x_y", "é", "ab_" + "0" * 12 + "_" + "0" * 64, "a b c", "0" * 9000]
)
def test_garbage_is_a_401(client, text):
    problem(client.get("/api/v1/", headers=bearer(text)), 401)


def test_a_bad_token_is_refused_even_with_a_good_session(admin_client):
    problem(ask(admin_client, "ab_x_y"), 401)


def test_other_kinds_of_signing_in_are_not_known(client):
    answer = client.get("/api/v1/", headers={"Authorization": "Basic YTpi"})
    assert "Bearer" in problem(answer, 401)["detail"]


def test_the_owner_made_inactive_ends_it(client, admin_user):
    _, text = make_token(admin_user, "read")
    admin_user.is_active = False
    admin_user.save()
    assert "not active" in problem(ask(client, text), 401)["detail"]


def test_a_session_that_writes_needs_its_csrf_token_and_a_token_does_not(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    body = {"name": "CI", "scopes": ["read"]}
    answer = client.post("/api/v1/tokens/", body, content_type="application/json")
    assert "CSRF" in problem(answer, 403)["detail"]
    client.get("/accounts/login/")
    client.get("/preferences/")
    key = client.cookies["csrftoken"].value
    answer = client.post("/api/v1/tokens/", body, content_type="application/json", headers={"X-CSRFToken": key})
    assert answer.status_code == 201
    _, text = make_token(admin_user, "write")
    answer = Client(enforce_csrf_checks=True).post(
        "/api/v1/tokens/", body, content_type="application/json", headers=bearer(text)
    )
    assert answer.status_code == 201


def test_its_last_use_is_noted(client, admin_user):
    token, text = make_token(admin_user, "read")
    ask(client, text)
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_no_token_appears_in_an_error_or_in_the_log(client, admin_user, monkeypatch, caplog):
    _, text = make_token(admin_user, "read")
    client.raise_request_exception = False
    monkeypatch.setattr("dashboard.api.service.ServiceViewSet.queryset", None)
    with caplog.at_level(logging.DEBUG):
        answer = ask(client, text)
        missing = ask(client, text, "/api/v1/services/1/?x=1")
    assert answer.status_code == 500
    assert text not in answer.content.decode() + missing.content.decode() + caplog.text
