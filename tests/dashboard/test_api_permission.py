"""Scopes and roles: what a token is good for, and what its owner may."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import get_resolver
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import ViewSet

from dashboard.api.permission import Allowed
from dashboard.api.problem import Nowhere
from dashboard.api.schema import DocsView
from tests.builders import bearer, make_token

pytestmark = pytest.mark.django_db


class Thing(ViewSet):
    scopes = {"create": "push"}

    def list(self, request):
        return Response("listed")

    def create(self, request):
        return Response("pushed")

    def destroy(self, request):
        return Response("deleted")


def ask(method, text):
    request = getattr(APIRequestFactory(), method)("/api/v1/x/", headers=bearer(text))
    return Thing.as_view({"get": "list", "post": "create", "delete": "destroy"})(request)


@pytest.fixture
def viewer(django_user_model):
    return django_user_model.objects.create_user("viewer")


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["read"], {"get", "head"}),
        (["push"], {"post"}),
        (["write"], {"get", "head", "delete"}),
        (["read", "push"], {"get", "head", "post"}),
        (["push", "write"], {"get", "head", "post", "delete"}),
    ],
)
def test_a_method_needs_its_scope_unless_the_view_names_another(admin_user, scopes, allowed):
    _, text = make_token(admin_user, *scopes)
    assert {method for method in ("get", "head", "post", "delete") if ask(method, text).status_code == 200} == allowed


@pytest.mark.parametrize(("method", "scope"), [("get", "read"), ("post", "push"), ("delete", "write")])
def test_a_missing_scope_is_a_403_that_names_it(admin_user, method, scope):
    others = {"read": ["push"], "push": ["read", "write"], "write": ["read", "push"]}[scope]
    answer = ask(method, make_token(admin_user, *others)[1])
    assert answer.status_code == 403
    assert f"lacks the scope {scope}. It has: {', '.join(others)}." in answer.data["detail"]
    assert answer["WWW-Authenticate"] == f'Bearer realm="Answerback", error="insufficient_scope", scope="{scope}"'


def test_pushing_and_writing_need_the_role_of_an_editor_too(viewer):
    _, text = make_token(viewer, "read", "push", "write")
    assert ask("get", text).status_code == 200
    for method in ("post", "delete"):
        answer = ask(method, text)
        assert answer.status_code == 403 and "Your role only reads" in answer.data["detail"]
    viewer.user_permissions.add(Permission.objects.get(codename="change_call"))
    assert {ask(method, text).status_code for method in ("post", "delete")} == {200}


def test_a_method_that_is_not_there_is_a_405_whatever_the_scope(admin_user, viewer):
    for owner in (admin_user, viewer):
        assert ask("put", make_token(owner, "read")[1]).status_code == 405


def test_options_need_no_scope(admin_user):
    assert ask("options", make_token(admin_user, "push")[1]).status_code == 200


def test_a_token_of_any_scope_learns_that_nothing_is_there(client, admin_user):
    for method in (client.get, client.post):
        assert method("/api/v1/nowhere/", headers=bearer(make_token(admin_user, "push")[1])).status_code == 404


def test_every_view_of_the_api_asks_for_scopes():
    """``permission_classes`` of one's own have to be children of Allowed. The page of the docs asks for a session."""
    api = next(found for found in get_resolver().url_patterns if str(found.pattern) == "api/")
    views = {
        getattr(found.callback, "cls", None)
        for one in api.url_patterns
        for found in getattr(one, "url_patterns", [one])
    } - {None, Nowhere, DocsView}  # fmt: skip
    named = {view for view in views if view.__module__.startswith("dashboard")}
    assert len(named) > 5
    assert [view for view in named if not all(issubclass(one, Allowed) for one in view.permission_classes)] == []
