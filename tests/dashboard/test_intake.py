"""What somebody brings along is saved within what they may see, and noted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import RequestFactory

from apiclient.importers.described import Described, DescribedCall, DescribedService
from apiclient.models import Service, User
from apiclient.plan import Refused
from dashboard.intake import preview, save
from tests.builders import make_service, make_team

pytestmark = pytest.mark.django_db
SHOP = Described((DescribedService("Shop", base_url="https://shop.example", calls=(DescribedCall("Orders"),)),))


@pytest.fixture
def request_of_an_editor():
    user = User.objects.create_user("eve")
    make_team(members=[user], name="Home")
    request = RequestFactory().post("/")
    request.user = user
    return request


def test_what_is_new_joins_the_own_team_and_is_noted(request_of_an_editor):
    assert preview(request_of_an_editor, SHOP, "curl").changes and not Service.objects.exists()
    save(request_of_an_editor, SHOP, "curl")
    shop = Service.objects.get()
    assert [team.name for team in shop.teams.all()] == ["Home"]
    assert "Imported from curl: 2 created" in LogEntry.objects.get().change_message


def test_a_service_of_another_team_is_not_touched(request_of_an_editor):
    theirs = make_service(name="Shop", base_url="https://theirs.example")
    make_team(services=[theirs])
    assert "theirs" not in repr(preview(request_of_an_editor, SHOP, "curl"))
    with pytest.raises(Refused, match="already exists"):
        save(request_of_an_editor, SHOP, "curl")
    theirs.refresh_from_db()
    assert theirs.base_url == "https://theirs.example" and not theirs.calls.exists()
