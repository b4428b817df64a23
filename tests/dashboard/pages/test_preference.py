"""What somebody chooses for themselves."""

import pytest
from django.contrib.auth.models import Group

from tests.builders import make_team

pytestmark = pytest.mark.django_db


def test_zone_and_colours_are_saved_for_whoever_is_logged_in(admin_client, admin_user, django_user_model):
    other = django_user_model.objects.create_user("ann")
    answer = admin_client.post("/preferences/", {"time_zone": "Europe/Kyiv", "theme": "dark"}, follow=True)
    assert answer.redirect_chain == [("/preferences/", 302)] and b"Saved." in answer.content
    for user, expected in ((admin_user, ("Europe/Kyiv", "dark")), (other, ("", ""))):
        user.refresh_from_db()
        assert (user.time_zone, user.theme) == expected


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "x" * 61, "\u202e"])
def test_a_zone_that_nobody_knows_is_told_beside_its_field_and_nothing_is_saved(admin_client, admin_user, zone):
    answer = admin_client.post("/preferences/", {"time_zone": zone, "theme": "dark"})
    content = answer.content.decode()
    assert answer.status_code == 200 and 'id="id_time_zone_error"' in content and 'role="alert"' in content
    assert zone in content and 'data-theme="dark"' not in content
    admin_user.refresh_from_db()
    assert (admin_user.time_zone, admin_user.theme) == ("", "")


def test_colours_that_nobody_offered_are_refused(admin_client, admin_user):
    assert b"field-error" in admin_client.post("/preferences/", {"time_zone": "", "theme": "pink"}).content
    admin_user.refresh_from_db()
    assert admin_user.theme == ""


def test_every_known_zone_is_offered(admin_client):
    content = admin_client.get("/preferences/").content.decode()
    assert "<option>Europe/Kyiv</option>" in content and "<option>UTC</option>" in content


def test_the_button_goes_round_and_back_to_where_it_was(admin_client, admin_user):
    themes = []
    for _ in range(3):
        answer = admin_client.post("/preferences/theme/", headers={"Referer": "http://testserver/codes/?since=-7d"})
        assert (answer.status_code, answer.url) == (302, "http://testserver/codes/?since=-7d")
        admin_user.refresh_from_db()
        themes.append(admin_user.theme)
    assert themes == ["dark", "light", ""]


@pytest.mark.parametrize("referer", ["https://elsewhere.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(admin_client, referer):
    assert admin_client.post("/preferences/theme/", headers={"Referer": referer}).url == "/"


def test_looking_changes_nothing(admin_client):
    assert admin_client.get("/preferences/theme/").status_code == 405


def test_strangers_choose_nothing(client):
    for path in ("/preferences/", "/preferences/theme/"):
        assert client.post(path).url.startswith("/accounts/login/")


def test_role_and_teams_are_told_and_admins_are_led_to_where_they_are_managed(client, admin_client, django_user_model):
    ann = django_user_model.objects.create_user("ann")
    ann.groups.add(Group.objects.get(name="editor"))
    make_team([ann], name="Shop team")
    client.force_login(ann)
    content = client.get("/preferences/").content.decode()
    assert "editor" in content and "Shop team" in content and "/admin/" not in content
    assert "/admin/apiclient/team/" in admin_client.get("/preferences/").content.decode()
