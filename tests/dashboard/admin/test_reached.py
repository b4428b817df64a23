"""The admin shows staff who are no admins the rows of their teams alone."""

import pytest
from django.contrib.auth.models import Group, Permission

from apiclient.models import Call, Service, User
from apiclient.roles import EDITOR
from tests.builders import make_call, make_outcome, make_service, make_team

pytestmark = pytest.mark.django_db
ADMIN = "/admin/apiclient"
PLAIN = (("Content-Type", "text/plain"),)


@pytest.fixture
def calls():
    calls = [make_call(make_service(name=name), name=f"{name} list") for name in ("Home", "Zanzibar")]
    for call in calls:
        make_outcome(call, 500, headers=PLAIN, body=f"no beans in {call.service.name}".encode())
    return calls


@pytest.fixture
def ann(calls):
    ann = User.objects.create_user("ann", is_staff=True)
    ann.groups.add(Group.objects.get(name=EDITOR))
    make_team([ann], [calls[0].service], name="Home team")
    make_team([], [calls[1].service], name="Zanzibar team")
    return ann


@pytest.fixture
def staff(client, ann):
    client.force_login(ann)
    return client


@pytest.mark.parametrize("name", ["service", "call", "outcome", "message"])
def test_lists_and_searches_hold_the_own_rows(staff, name):
    for words in ("", "zan", "home"):
        page = staff.get(f"{ADMIN}/{name}/", {"q": words})
        assert "zanzibar" not in page.content.decode().lower()
        found = words != "zan" or name == "outcome"  # which has no search
        assert page.context["cl"].result_count == int(found)


def test_choices_hold_the_own_services_and_no_other_is_taken(staff, calls):
    found = staff.get("/admin/autocomplete/", {"app_label": "apiclient", "model_name": "call", "field_name": "service"})
    assert [one["text"] for one in found.json()["results"]] == ["Home"]
    usual = {"name": "New", "method": "GET", "path": "/x", "headers": "{}", "interval_seconds": "60"}
    usual |= {"time_zone": "UTC", "timeout_ms": "5000", "enabled": "on"}
    usual |= {"answers-TOTAL_FORMS": "0", "answers-INITIAL_FORMS": "0"}
    refused = staff.post(f"{ADMIN}/call/add/", usual | {"service": calls[1].service_id})
    assert "not one of the available choices" in str(refused.context["adminform"].form.errors["service"])
    assert staff.post(f"{ADMIN}/call/add/", usual | {"service": calls[0].service_id}).status_code == 302


@pytest.mark.parametrize(("name", "model"), [("call", Call), ("service", Service)])
@pytest.mark.parametrize("action", ["disable", "delete_selected"])
def test_actions_leave_other_rows_alone(staff, calls, name, model, action):
    chosen = [thing.pk for thing in model.objects.all()]
    staff.post(f"{ADMIN}/{name}/", {"action": action, "_selected_action": chosen, "post": "yes"})
    kept = model.objects.get(name__startswith="Zanzibar")
    assert kept.enabled
    assert not model.objects.filter(name__startswith="Home", enabled=True).exists()


def test_batches_and_teams_of_others_stay_hidden_from_who_may_only_look(staff, ann):
    ann.user_permissions.set(Permission.objects.filter(codename__in=["view_batch", "view_team"]))
    assert staff.get(f"{ADMIN}/batch/").context["cl"].result_count == 0
    teams = staff.get(f"{ADMIN}/team/")
    assert [str(team) for team in teams.context["cl"].result_list] == ["Home team"]
