"""Who may ask for what: every route, by every role, about things of their own team and of another one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from apiclient.models import User
from apiclient.roles import ADMIN, EDITOR, VIEWER
from dashboard.celery import app
from tests.routes import Side, routes

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "viewer", "editor", "staff", "admin")
"""Staff is an editor who may enter the admin."""

TABLE = """
pages                                                 anonymous  viewer   editor   staff    admin
GET+POST  .                                           302        200      200      200      200
GET+POST  services/<slug>/                            302        200/404  200/404  200/404  200
GET+POST  services/<service_slug>/<slug>/             302        200/404  200/404  200/404  200
GET       services/<service_slug>/<slug>/run/         302        405      405      405      405
POST      services/<service_slug>/<slug>/run/         302        403      302/404  302/404  302
GET       services/<service_slug>/<slug>/accept/      302        405      405      405      405
POST      services/<service_slug>/<slug>/accept/      302        403      400/404  400/404  400
GET+POST  outcomes/                                   302        200      200      200      200
GET+POST  outcomes/<pk>/                              302        200/404  200/404  200/404  200
GET+POST  outcomes/<pk>/answer/                       302        200      200      200      200
GET+POST  messages/                                   302        200      200      200      200
GET+POST  messages/<pk>/                              302        200/404  200/404  200/404  200
GET+POST  failures/                                   302        200      200      200      200
GET+POST  codes/                                      302        200      200      200      200
GET+POST  codes/<code>/                               302        200      200      200      200
GET+POST  preferences/                                302        200      200      200      200
GET       preferences/theme/                          302        405      405      405      405
POST      preferences/theme/                          302        302      302      302      302
GET+POST  configure/first/                            302        403      200      200      200
GET+POST  configure/import/                           302        403      200      200      200
GET+POST  configure/next/                             302        403      200      200      200
GET+POST  configure/services/new/                     302        403      200      200      200
GET+POST  configure/services/<slug>/                  302        403      200/404  200/404  200
GET       configure/services/<slug>/pause/            302        405      405      405      405
POST      configure/services/<slug>/pause/            302        403      302/404  302/404  302
GET       configure/services/<slug>/delete/           302        403      200/404  200/404  200
POST      configure/services/<slug>/delete/           302        403      302/404  302/404  302
GET+POST  configure/services/<slug>/secrets/          302        200/404  200/404  200/404  200
GET+POST  configure/services/<slug>/secrets/new/      302        403      200/404  200/404  200
GET+POST  configure/services/<slug>/secrets/<pk>/     302        403      200/404  200/404  200
GET       configure/services/<slug>/secrets/<pk>/delete/    302  403      200/404  200/404  200
POST      configure/services/<slug>/secrets/<pk>/delete/    302  403      302/404  302/404  302
GET       configure/services/<slug>/reclassify/       302        403      200/404  200/404  200
POST      configure/services/<slug>/reclassify/       302        403      302/404  302/404  302
GET       configure/calls/<service_slug>/<slug>/reclassify/ 302  403      200/404  200/404  200
POST      configure/calls/<service_slug>/<slug>/reclassify/ 302  403      302/404  302/404  302
GET+POST  configure/services/<slug>/answers/          302        403      200/404  200/404  200
GET+POST  configure/calls/<service_slug>/<slug>/answers/    302  403      200/404  200/404  200
GET+POST  configure/calls/new/                        302        403      200      200      200
GET+POST  configure/calls/<service_slug>/<slug>/      302        403      200/404  200/404  200
GET+POST  configure/calls/<service_slug>/<slug>/duplicate/  302  403      200/404  200/404  200
GET       configure/calls/<service_slug>/<slug>/pause/      302  405      405      405      405
POST      configure/calls/<service_slug>/<slug>/pause/      302  403      302/404  302/404  302
GET       configure/calls/<service_slug>/<slug>/delete/     302  403      200/404  200/404  200
POST      configure/calls/<service_slug>/<slug>/delete/     302  403      302/404  302/404  302
GET+POST  tokens/                                     302        200      200      200      200
GET+POST  tokens/new/                                 302        200      200      200      200
GET       tokens/<pk>/revoke/                         302        405      405      405      405
POST      tokens/<pk>/revoke/                         302        404      404      404      302
GET+POST  webhooks/                                   302        200      200      200      200
GET+POST  webhooks/new/                               302        403      200      200      200
GET+POST  webhooks/<pk>/                              302        200/404  200/404  200/404  200
GET+POST  webhooks/<pk>/edit/                         302        403      200/404  200/404  200
GET       webhooks/<pk>/{secret,test}/                302        405      405      405      405
POST      webhooks/<pk>/secret/                       302        403      200/404  200/404  200
POST      webhooks/<pk>/test/                         302        403      302/404  302/404  302
GET       webhooks/<pk>/delete/                       302        403      200/404  200/404  200
POST      webhooks/<pk>/delete/                       302        403      302/404  302/404  302
GET       webhooks/<pk>/deliveries/<delivery>/again/  302        405      405      405      405
POST      webhooks/<pk>/deliveries/<delivery>/again/  302        403      302/404  302/404  302
GET+POST  accounts/login/                             200        302      302      302      302
GET       accounts/logout/                            302        405      405      405      405
POST      accounts/logout/                            302        302      302      302      302

doors of machines                                     anonymous  viewer   editor   staff    admin
GET+POST  metrics                                     401        403      403      403      200
GET+POST  {livez,readyz}                              200        200      200      200      200

API                                                   anonymous  viewer   editor   staff    admin
GET       api/v1/                                     401        200      200      200      200
GET       api/v1/schema/                              401        200      200      200      200
GET       api/v1/{services,calls,answers,secrets,outcomes,messages,webhooks}/       401  200  200  200      200
GET       api/v1/{services,calls,answers,secrets,outcomes,messages,webhooks}/<pk>/  401  200/404  200/404  200/404  200
POST      api/v1/{services,calls,answers,secrets,webhooks}/           401        403      400      400      400
PUT       api/v1/{services,calls,answers,secrets,webhooks}/<pk>/      401        403      400/404  400/404  400
PATCH     api/v1/{services,calls,answers,secrets,webhooks}/<pk>/      401        403      200/404  200/404  200
DELETE    api/v1/{services,calls,answers,secrets,webhooks}/<pk>/      401        403      204/404  204/404  204
POST      api/v1/calls/<pk>/run/                      401        403      202/404  202/404  202
POST      api/v1/imports/                             401        403      400      400      400
POST      api/v1/outcomes/                            401        403      415      415      415
GET       api/v1/{series,latency,codes}/              401        200      200      200      200
GET       api/v1/batches/                             401        403      403      200      200
GET       api/v1/batches/<pk>/                        401        403      403      200      200
GET       api/v1/tokens/                              401        200      200      200      200
POST      api/v1/tokens/                              401        400      400      400      400
GET       api/v1/tokens/<pk>/                         401        404      404      404      200
DELETE    api/v1/tokens/<pk>/                         401        404      404      404      204
POST      api/v1/webhooks/<pk>/secret/                401        403      200/404  200/404  200
POST      api/v1/webhooks/<pk>/test/                  401        403      202/404  202/404  202
GET       api/v1/webhooks/<pk>/deliveries/            401        200/404  200/404  200/404  200
POST      api/v1/webhooks/<pk>/deliveries/<delivery>/again/  401  403     202/404  202/404  202
GET       api/docs/                                   302        200      200      200      200
GET       api/                                        401        404      404      404      404

admin: what is not there leads to its front page      anonymous  viewer   editor   staff    admin
GET+POST  admin/                                      302        302      302      200      200
GET       admin/login/                                200        200      200      302      302
POST      admin/login/                                200        200      200      200      200
GET       admin/logout/                               302        302      302      405      405
POST      admin/logout/                               302        302      302      302      302
GET+POST  admin/password_change/                      302        302      302      200      200
GET       admin/{password_change/done,jsi18n}/        302        302      302      200      200
POST      admin/{password_change/done,jsi18n,autocomplete}/  302  302     302      405      405
GET       admin/autocomplete/                         302        302      302      403      403
GET+POST  admin/r/<content_type_id>/<object_id>/      302        302      302      404      404
GET+POST  admin/<app_label>/                          302        302      302      200      200
GET+POST  admin/<url>                                 302        302      302      404      404

GET+POST  admin/apiclient/{service,call,secret}/             302        302      302      200      200
GET+POST  admin/apiclient/{service,call,secret}/add/         302        302      302      200      200
GET+POST  admin/apiclient/{service,call,secret}/<object_id>/{change,delete,history}/  302  302  302  200/302  200
GET+POST  admin/apiclient/{service,call,secret}/<object_id>/ 302        302      302      302      302

GET+POST  admin/apiclient/{outcome,message}/          302        302      302      200      200
GET+POST  admin/apiclient/{outcome,message}/add/      302        302      302      403      403
GET       admin/apiclient/{outcome,message}/<object_id>/change/   302  302  302    200/302  200
POST      admin/apiclient/{outcome,message}/<object_id>/change/   302  302  302    403      403
GET+POST  admin/apiclient/{outcome,message}/<object_id>/delete/   302  302  302    403      403
GET+POST  admin/apiclient/{outcome,message}/<object_id>/history/  302  302  302    200/302  200
GET+POST  admin/apiclient/{outcome,message}/<object_id>/          302  302  302    302      302

GET+POST  admin/apiclient/location/                   302        302      302      200      200
GET+POST  admin/apiclient/location/add/               302        302      302      403      200
GET       admin/apiclient/location/<object_id>/change/  302      302      302      200      200
POST      admin/apiclient/location/<object_id>/change/  302      302      302      403      200
GET+POST  admin/apiclient/location/<object_id>/delete/  302      302      302      403      200
GET+POST  admin/apiclient/location/<object_id>/history/ 302      302      302      200      200
GET+POST  admin/apiclient/location/<object_id>/       302        302      302      302      302

GET+POST  admin/apiclient/{user,team}/                302        302      302      403      200
GET+POST  admin/apiclient/{user,team}/add/            302        302      302      403      200
GET+POST  admin/apiclient/{user,team}/<object_id>/{change,delete}/  302  302  302  403      200
GET+POST  admin/apiclient/user/<object_id>/history/   302        302      302      403      200
GET+POST  admin/apiclient/user/<id>/password/         302        302      302      403      200
GET+POST  admin/apiclient/team/<object_id>/history/   302        302      302      403/302  200
GET+POST  admin/apiclient/{user,team}/<object_id>/    302        302      302      302      302
GET+POST  admin/auth/group/                           302        302      302      403      200
GET+POST  admin/auth/group/add/                       302        302      302      403      200
GET+POST  admin/auth/group/<object_id>/{change,delete,history}/  302  302  302     403      200
GET+POST  admin/auth/group/<object_id>/               302        302      302      302      302

GET+POST  admin/apiclient/{token,webhook,delivery}/   302        302      302      403      200
GET+POST  admin/apiclient/{token,webhook}/add/        302        302      302      302      302
GET+POST  admin/apiclient/delivery/add/               302        302      302      403      403
GET       admin/apiclient/{token,webhook,delivery}/<object_id>/change/  302  302  302  403  200
POST      admin/apiclient/token/<object_id>/change/     302      302      302      403      302
POST      admin/apiclient/webhook/<object_id>/change/   302      302      302      403      200
POST      admin/apiclient/delivery/<object_id>/change/  302      302      302      403      403
GET+POST  admin/apiclient/{token,delivery}/<object_id>/delete/  302  302  302      403      403
GET+POST  admin/apiclient/webhook/<object_id>/delete/   302      302      302      403      200
GET+POST  admin/apiclient/token/<object_id>/history/    302      302      302      403      200
GET+POST  admin/apiclient/{webhook,delivery}/<object_id>/history/  302  302  302   403/302  200
GET+POST  admin/apiclient/{token,webhook,delivery}/<object_id>/    302  302  302   302      302

GET+POST  admin/apiclient/batch/                      302        302      302      403      200
GET+POST  admin/apiclient/batch/add/                  302        302      302      403      403
GET       admin/apiclient/batch/<object_id>/change/   302        302      302      403      200
POST      admin/apiclient/batch/<object_id>/change/   302        302      302      403      403
GET+POST  admin/apiclient/batch/<object_id>/delete/   302        302      302      403      403
GET+POST  admin/apiclient/batch/<object_id>/history/  302        302      302      302      200
GET+POST  admin/apiclient/batch/<object_id>/          302        302      302      302      302
"""
"""The status for a thing of one's own team / of another team's, one where they are the same; `.` is the root.

Forms are sent empty, so a POST that gets past the door is answered with what is missing.
"""


def expected() -> dict[tuple[str, str], list[str]]:
    """(method, path) -> a cell for each role."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in TABLE.splitlines():
        methods, *rest = line.split() or [""]
        for method in methods.split("+"):
            if method.isupper() and len(rest) == len(ROLES) + 1:
                found |= {(method, path): rest[1:] for path in alternatives(rest[0].removeprefix("."))}
    return found


def alternatives(path: str) -> Iterator[str]:
    """``a/{b,c}/`` -> ``a/b/``, ``a/c/``."""
    before, brace, after = path.partition("{")
    if not brace:
        yield path
        return
    words, _, rest = after.partition("}")
    for word in words.split(","):
        yield from alternatives(before + word + rest)


@pytest.fixture
def broker() -> Iterator[None]:
    """A real transport of Celery's that needs no server."""
    usual = app.conf.broker_url
    app.conf.broker_url = "memory://"
    app._after_fork()
    yield
    app.conf.broker_url = usual
    app._after_fork()


def sign_in(role: str, side: Side) -> Client:
    """Somebody of that role, in that side's team."""
    client = Client()
    if role != "anonymous":
        user = User.objects.create_user(role, is_staff=role == "staff")
        group = {"viewer": VIEWER, "editor": EDITOR, "staff": EDITOR, "admin": ADMIN}[role]
        user.groups.add(Group.objects.get(name=group))
        user.teams.add(side.team)
        client.force_login(user)
    return client


def ask(signed_in: Client, method: str, address: str) -> HttpResponse:
    """The answer; whatever it changes is taken back."""
    caches["shared"].clear()  # which counts who does not sign in
    client = Client(raise_request_exception=False)
    client.cookies.update(signed_in.cookies)
    with transaction.atomic():
        answer: Any = client.generic(method, address)
        transaction.set_rollback(True)
    return answer


def test_every_route_is_listed_and_no_other():
    there = {(method, route.path) for route in routes() for method in route.methods}
    assert there - expected().keys() == set(), "list what each role is to be answered there"
    assert expected().keys() - there == set()


@pytest.mark.parametrize("which", ["own", "other"])
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_each_role_as_listed(role, which, broker):
    sides = {"own": Side("Home"), "other": Side("Zanzibar")}
    client = sign_in(role, sides["own"])
    wrong = []
    for (method, path), cells in expected().items():
        own, _, other = cells[ROLES.index(role)].partition("/")
        wanted = int(other or own) if which == "other" else int(own)
        if "<" not in path and which == "other":
            continue
        answer = ask(client, method, sides[which].address(path))
        if answer.status_code != wanted:
            wrong.append(f"{method} {path}: {answer.status_code}, not {wanted}")
        if role != "admin" and b"zanzibar" in answer.content.lower():
            wrong.append(f"{method} {path} tells of another team's service")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_methods_that_the_api_does_not_list_are_refused(role):
    side = Side("Home")
    client = sign_in(role, side)
    answers = {
        f"{method} {route.path}": ask(client, method, side.address(route.path)).status_code
        for route in routes()
        for method in route.refused
        if route.path.startswith("api/v1/")
    }
    assert answers and {key: status for key, status in answers.items() if status not in (401, 403, 405)} == {}
