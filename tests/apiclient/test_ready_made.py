"""JasperReports Server brought in: previewed, saved, and left alone the second time; its password is a secret."""

from dataclasses import replace

import pytest

from apiclient.importers.jasperreports import Installation, encoded
from apiclient.models import Call, Secret, Service
from apiclient.models.team import everyone
from apiclient.plan import Action, Refused
from apiclient.plan.carry import Scope
from apiclient.ready_made import bring

pytestmark = pytest.mark.django_db
INSTALLATION = Installation("https://reports.example.org/jasperserver-pro", "jasperadmin", "organization_1")
PASSWORD = "p&ss wörd"


def take(installation=INSTALLATION, password=PASSWORD, keep=True):
    return bring(installation, password, Scope(Service.objects.all(), everyone()), keep=keep)


def secrets():
    return {secret.name: secret.value.open() for secret in Secret.objects.all()}


def enabled(*starts):
    return {call.name: call.enabled for call in Call.objects.all() if call.name.startswith(starts)}


def test_everything_is_saved_with_the_password_as_secrets():
    result = take()
    service = Service.objects.get()
    assert result.services == (service,) and list(service.teams.all()) == everyone()
    assert service.calls.count() == 160
    assert secrets() == {"jasper_password": PASSWORD, "jasper_password_encoded": encoded(PASSWORD)}
    assert service.auth["user"] == "jasperadmin|organization_1"
    assert sum(one.action is Action.CREATE and one.thing == "call" for one in result.changes) == 160


def test_a_preview_tells_the_same_and_saves_nothing():
    looked = take(keep=False)
    assert not Service.objects.exists() and not Secret.objects.exists()
    done = take()
    assert (looked.changes, looked.notes) == (done.changes, done.notes)
    assert PASSWORD not in repr(looked) and encoded(PASSWORD) not in repr(looked)


def test_the_same_again_changes_nothing():
    take()
    stored = list(Secret.objects.values_list("name", "value", "updated_at"))
    result = take()
    assert (result.changes, result.services) == ((), ())
    assert take(password=None).changes == ()
    assert str(list(Secret.objects.values_list("name", "value", "updated_at"))) == str(stored)


def test_what_differs_in_another_version_is_told():
    take()
    changed = take(replace(INSTALLATION, base_url="https://other.example.org/jasperserver-pro"), keep=False)
    (change,) = changed.changes
    assert (change.action, [one.member for one in change.differences]) == (Action.CHANGE, ["base_url"])
    Call.objects.filter(name="Probe 01: version").update(expected_codes="404")
    (change,) = take().changes
    assert (change.name, [one.member for one in change.differences]) == ("Probe 01: version", ["expected_codes"])
    assert Call.objects.get(name="Probe 01: version").expected_codes == "200"


def test_what_people_have_paused_or_enabled_stays_so():
    take()
    Call.objects.filter(name="users: GET /users").update(enabled=False)
    Call.objects.filter(name="caches: DELETE /caches/vds").update(enabled=True)
    assert take().changes == ()
    assert enabled("users: GET /users")["users: GET /users"] is False
    assert enabled("caches: ") == {"caches: DELETE /caches/vds": True}


def test_without_a_password_it_waits_for_one():
    result = take(password=None)
    assert any("--password-file" in note for note in result.notes)
    assert enabled("Probe 01", "Probe 05") == {"Probe 01: version": True, "Probe 05: repository": False}
    take()
    assert enabled("Probe 05") == {"Probe 05: repository": True}


def test_a_report_given_later_begins_its_probes():
    take()
    assert set(enabled("Probe 08", "Probe 09").values()) == {False}
    result = take(replace(INSTALLATION, report="/public/Small"))
    assert set(enabled("Probe 08", "Probe 09").values()) == {True}
    assert Service.objects.get().variables["report"] == "public/Small"
    assert {one.name for one in result.changes} == {
        "JasperReports Server", "Probe 08: report", "Probe 09: report execution",
    }  # fmt: skip


def test_another_password_is_kept_and_told_without_it():
    take()
    result = take(password="another one")
    assert result.changes == () and result.services
    assert "The secret jasper_password has another value." in result.notes
    assert secrets()["jasper_password"] == "another one" and "another one" not in repr(result)


def test_two_servers_stand_side_by_side():
    take()
    take(
        replace(INSTALLATION, name="JasperReports Server, staging", base_url="https://staging.example.org/jasperserver")
    )
    assert Service.objects.count() == 2 and Call.objects.count() == 320


@pytest.mark.parametrize(
    ("changed", "password", "said"),
    [
        ({"base_url": "ftp://reports.example.org"}, PASSWORD, "base_url: The URL has the scheme 'ftp'"),
        ({"user": ""}, PASSWORD, "user: give the name"),
        ({}, "", "password: "),
        ({}, "x", "password: Use at least"),
        ({}, "half \ud800", "password: It contains NUL or half a character"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(changed, password, said):
    with pytest.raises(Refused, match=said):
        take(replace(INSTALLATION, **changed), password)
    assert not Service.objects.exists()
