"""The zone of whoever looks: chosen, else the browser's, else UTC; programs always read UTC."""

import pytest

from apiclient.models import User
from tests.builders import make_call, make_outcome, make_service, make_team

pytestmark = pytest.mark.django_db
SUMMER = "2026-07-01T10:00:00+00:00"


@pytest.fixture
def kyiv(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("taras", time_zone="Europe/Kyiv"))
    return client


def zone(answer) -> str:
    return answer.content.decode().partition('data-zone="')[2].partition('"')[0]


def test_utc_where_nothing_is_known(admin_client):
    assert zone(admin_client.get("/")) == "UTC"


def test_the_browser_tells_its_zone_by_a_cookie(admin_client):
    admin_client.cookies["zone"] = "Asia/Tokyo"
    assert zone(admin_client.get("/")) == "Asia/Tokyo"


def test_what_somebody_chose_goes_before_the_cookie(kyiv):
    kyiv.cookies["zone"] = "Asia/Tokyo"
    assert zone(kyiv.get("/")) == "Europe/Kyiv"


@pytest.mark.parametrize("cookie", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "x" * 300, "\u0000", "%00"])
def test_a_cookie_that_names_no_zone_is_passed_over(admin_client, cookie):
    admin_client.cookies["zone"] = cookie
    assert zone(admin_client.get("/")) == "UTC"


@pytest.mark.parametrize(("old", "new"), [("Europe/Kiev", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata")])
def test_a_name_that_browsers_still_give_is_shown_as_it_is_called_today(admin_client, old, new):
    admin_client.cookies["zone"] = old
    assert zone(admin_client.get("/")) == new


def test_wall_time_of_a_form_becomes_utc_in_the_address(kyiv):
    answer = kyiv.get("/?since=2026-07-01T13:00&until=2026-01-01T14:00:30&code_class=5xx")
    assert answer.status_code == 302
    assert answer.url == "/?since=2026-07-01T10%3A00%3A00Z&until=2026-01-01T12%3A00%3A30Z&code_class=5xx"


@pytest.mark.parametrize(
    "since", ["-7d", "2026-07-01T10:00Z", "2026-07-01T10:00:00+02:00", "banana", "2026-02-30T10:00"]
)
def test_what_is_no_wall_time_stays_as_it_was_given(kyiv, since):
    assert kyiv.get("/", {"since": since}).status_code == 200


def test_an_hour_that_does_not_exist_is_not_a_fault(kyiv):
    assert kyiv.get("/?since=2026-03-29T03:30").status_code == 302


def test_in_utc_an_address_is_never_changed(admin_client):
    assert admin_client.get("/?since=2026-07-01T13:00&until=2026-07-01T14:00").status_code == 200


def test_programs_read_utc_whatever_was_chosen(kyiv):
    service = make_service(name="Shop")
    make_team(User.objects.all(), [service])
    make_outcome(make_call(service, name="List"), 200)
    answer = kyiv.get("/api/v1/outcomes/", {"since": "2026-07-01T13:00"})
    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert rows and all(row["due_at"].endswith("Z") for row in rows)
