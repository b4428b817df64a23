"""The teams of a service, chosen in the page and in the admin alike."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apiclient.models import Service
from apiclient.roles import EDITOR
from dashboard.access import NO_TEAM, NONE_LEFT
from tests.builders import make_service, make_team

pytestmark = pytest.mark.django_db
NEW = "/configure/services/new/"
NO_ANSWERS = {"answers-TOTAL_FORMS": "0", "answers-INITIAL_FORMS": "0"}
"""Of the rows that the admin shows below the form."""
ADDRESSES = {"pages": NEW, "admin": "/admin/apiclient/service/add/"}


@pytest.fixture
def ann(django_user_model):
    ann = django_user_model.objects.create_user("ann", is_staff=True)
    ann.groups.add(Group.objects.get(name=EDITOR))
    return ann


@pytest.fixture
def editor(ann):
    client = Client()
    client.force_login(ann)
    return client


def sent(**fields):
    return (
        NO_ANSWERS
        | {"name": "Shop", "slug": "", "base_url": "http://127.0.0.1:9/", "headers": "{}", "enabled": "on"}
        | fields
    )


def teams_of(service):
    return set(service.teams.values_list("name", flat=True))


def edit(service, door):
    return {
        "pages": f"/configure/services/{service.slug}/",
        "admin": f"/admin/apiclient/service/{service.pk}/change/",
    }[door]


def form_of(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form if "adminform" in answer.context else answer.context["form"]


@pytest.mark.parametrize("door", ADDRESSES)
def test_a_new_service_is_proposed_to_the_own_teams_and_joins_those_that_were_chosen(editor, ann, door):
    mine, other, _ = make_team([ann]), make_team([ann]), make_team(name="Strangers")
    page = editor.get(ADDRESSES[door])
    assert b"Strangers" not in page.content
    assert [str(team) for team in form_of(page)["teams"].initial] == [mine.name, other.name]
    assert editor.post(ADDRESSES[door], sent(teams=[mine.pk])).status_code == 302
    assert teams_of(Service.objects.get()) == {mine.name}


def test_where_there_is_one_team_nothing_is_asked_and_a_service_joins_it(editor, ann):
    mine = make_team([ann])
    assert "teams" not in form_of(editor.get(NEW)).fields
    editor.post(NEW, sent())
    service = Service.objects.get()
    assert teams_of(service) == {mine.name}
    editor.post(edit(service, "pages"), sent(name="Bank", slug="shop"))
    assert teams_of(Service.objects.get(name="Bank")) == {mine.name}


@pytest.mark.parametrize("door", ADDRESSES)
def test_teams_of_others_cannot_be_chosen_and_stay_as_they_are(editor, ann, door):
    mine, also, others = make_team([ann]), make_team([ann]), make_team()
    refused = editor.post(ADDRESSES[door], sent(teams=[mine.pk, others.pk]))
    assert "not one of the available choices" in str(form_of(refused).errors["teams"])
    assert not Service.objects.exists()
    service = make_service(name="Shop")
    service.teams.set([mine, others])
    editor.post(edit(service, door), sent(slug=service.slug, teams=[also.pk]))
    assert teams_of(service) == {also.name, others.name}


@pytest.mark.parametrize("door", ADDRESSES)
def test_nobody_loses_sight_of_a_service_by_a_slip(editor, ann, door):
    mine, _ = make_team([ann]), make_team([ann])
    refused = editor.post(ADDRESSES[door], sent())
    assert form_of(refused).errors["teams"] == [NONE_LEFT]
    service = make_service()
    service.teams.add(mine)
    refused = editor.post(edit(service, door), sent(slug=service.slug))
    assert form_of(refused).errors["teams"] == [NONE_LEFT]
    assert teams_of(service) == {mine.name}


def test_who_is_in_no_team_is_told_before_and_after(editor):
    for path in (NEW, "/configure/first/"):
        told = editor.get(path, follow=True)
        assert told.redirect_chain == [("/", 302)] and NO_TEAM in told.content.decode()
        assert editor.post(path, sent(pasted="http://127.0.0.1:9/", save="1")).status_code == 302
    refused = editor.post(ADDRESSES["admin"], sent())
    assert form_of(refused).errors["teams"] == [NO_TEAM]
    assert not Service.objects.exists()


@pytest.mark.parametrize("door", ADDRESSES)
def test_an_admin_chooses_among_all_and_may_choose_none(everyone, admin_client, door):
    team = make_team()
    page = admin_client.get(ADDRESSES[door])
    assert list(form_of(page)["teams"].initial) == [everyone]
    admin_client.post(ADDRESSES[door], sent(teams=[team.pk]))
    service = Service.objects.get()
    assert teams_of(service) == {team.name}
    assert admin_client.post(edit(service, door), sent(slug="shop")).status_code == 302
    assert teams_of(service) == set()
    assert admin_client.get("/services/shop/").status_code == 200


def test_a_service_of_an_admin_joins_everyone_where_nothing_was_asked(everyone, admin_client):
    admin_client.post(NEW, sent())
    assert teams_of(Service.objects.get()) == {"Everyone"}
