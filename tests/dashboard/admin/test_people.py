"""Users, their roles and teams, as an admin manages them."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apiclient.models import Team, User
from apiclient.roles import ADMIN, EDITOR, VIEWER
from tests.builders import make_service, make_team

pytestmark = pytest.mark.django_db
USERS, TEAMS = "/admin/apiclient/user/", "/admin/apiclient/team/"
PASSWORD = "correct horse battery"


@pytest.fixture
def chief():
    """An admin by role, neither staff nor superuser."""
    user = User.objects.create_user("chief", password=PASSWORD)
    user.groups.add(Group.objects.get(name=ADMIN))
    client = Client()
    client.force_login(user)
    return client


def test_a_new_user_is_proposed_as_a_viewer_in_everyone(everyone, chief):
    form = chief.get(f"{USERS}add/").context["adminform"].form
    assert [str(team) for team in form["teams"].initial] == ["Everyone"]
    assert [str(group) for group in form["groups"].initial] == [VIEWER]
    team, role = make_team(), Group.objects.get(name=EDITOR)
    sent = {"username": "ann", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert chief.post(f"{USERS}add/", sent | {"groups": [role.pk], "teams": [team.pk]}).status_code == 302
    ann = User.objects.get(username="ann")
    assert (list(ann.teams.all()), list(ann.groups.all())) == ([team], [role])
    assert ann.has_perm("apiclient.change_call") and ann.check_password(PASSWORD)


def test_a_user_moves_to_another_team(chief):
    ann = User.objects.create_user("ann", password=PASSWORD)
    old, new = make_team([ann]), make_team()
    form = chief.get(f"{USERS}{ann.pk}/change/").context["adminform"].form
    assert list(form["teams"].initial) == [old]
    sent = {"username": "ann", "is_active": "on", "teams": [new.pk], "time_zone": "", "theme": ""}
    assert chief.post(f"{USERS}{ann.pk}/change/", sent).status_code == 302
    assert list(ann.teams.all()) == [new]


def test_the_list_says_role_and_teams_and_is_searched(chief):
    ann = User.objects.create_user("ann")
    ann.groups.add(Group.objects.get(name=EDITOR))
    make_team([ann], name="Shop team")
    page = chief.get(f"{USERS}?q=ann").content.decode()
    assert "Shop team" in page and "editor" in page
    assert "0 users" in chief.get(f"{USERS}?q=nobody").content.decode()


def test_teams_are_made_changed_counted_and_found(chief):
    ann, service = User.objects.create_user("ann"), make_service(name="Payments")
    assert (
        chief.post(f"{TEAMS}add/", {"name": "Shop", "members": [ann.pk], "services": [service.pk]}).status_code == 302
    )
    team = Team.objects.get(slug="shop")
    assert (list(team.members.all()), list(team.services.all())) == ([ann], [service])
    for words in ("shop", "ann", "payments"):
        (row,) = chief.get(TEAMS, {"q": words}).context["cl"].result_list
        assert (row.pk, row.people, row.apis) == (team.pk, 1, 1)
    assert "Give a short name" in chief.post(f"{TEAMS}add/", {"name": "店"}).content.decode()


def test_what_is_left_in_no_team_is_told(everyone, chief):
    ann = User.objects.create_user("ann")
    team = make_team([ann], [make_service(name="Payments")])
    User.objects.get(username="chief").teams.add(Team.objects.get(slug="everyone"))
    page = chief.post(f"{TEAMS}{team.pk}/change/", {"name": "Shop", "slug": "shop"}, follow=True).content.decode()
    assert "Seen by admins alone, being in no team: Payments." in page and "In no team: ann." in page
    team.services.set([make_service(name="Bank")])
    page = chief.post(f"{TEAMS}{team.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    assert "being in no team: Payments, Bank." in page


def test_an_admin_by_role_signs_in_at_the_admin_and_others_are_told(client):
    for name, role in (("chief", ADMIN), ("ann", EDITOR)):
        User.objects.create_user(name, password=PASSWORD).groups.add(Group.objects.get(name=role))
    sent = {"username": "chief", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", sent).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert b'href="/admin/"' in client.get("/").content
    client.logout()
    client.post("/admin/login/", sent | {"username": "ann"})
    assert "not authorized" in client.get("/admin/", follow=True).content.decode()
    assert b'href="/admin/"' not in client.get("/").content
