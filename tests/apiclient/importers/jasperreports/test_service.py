"""The whole server as one service: what is scheduled, what waits, and what no call can be without."""

from collections import Counter

import pytest
from django.utils.text import slugify

from apiclient.importers.jasperreports import Before, Installation, describe
from apiclient.importers.jasperreports.reference import references
from tests.apiclient.importers.jasperreports.filled import names_in

PRO = Installation("https://reports.example.org/jasperserver-pro/", "jasperadmin", "organization_1", report="/a/b")
DESCRIBED = describe(PRO)
(SERVICE,) = DESCRIBED.services
CALLS = {call.name: call for call in SERVICE.calls}


def known(call):
    return set(SERVICE.variables) | {"secret.jasper_password", "secret.jasper_password_encoded"} | {
        capture["name"] for capture in call.captures or ()
    }  # fmt: skip


def test_every_group_is_there_beside_the_probes():
    assert len(SERVICE.calls) == len(CALLS) == 160
    groups = {one.group for one in references()}
    assert groups - {name.rpartition(": ")[0] for name in CALLS} == {"argument or Basic authentication (any call)"}
    assert [(answer.codes, answer.kind) for answer in SERVICE.answers] == [
        ("200", "success"),
        ("401", "error"),
        ("403", "error"),
    ]


def test_names_fit_and_their_addresses_differ():
    assert max(map(len, CALLS)) <= 120
    slugs = Counter(call.slug or slugify(call.name) for call in SERVICE.calls)
    assert slugs.most_common(1)[0][1] == 1 and all(slugify(slug) == slug for slug in slugs)


def test_it_signs_in_by_basic_with_the_organisation_and_a_secret():
    assert SERVICE.auth == {
        "kind": "basic",
        "user": "jasperadmin|organization_1",
        "password": "{{ secret.jasper_password }}",
    }
    assert SERVICE.base_url == "https://reports.example.org/jasperserver-pro"


@pytest.mark.parametrize("call", SERVICE.calls, ids=lambda call: call.name)
def test_a_scheduled_call_is_safe_and_names_nothing_that_nobody_knows(call):
    if call.enabled and not call.name.startswith("Probe"):
        assert call.method == "GET" and call.interval_seconds >= 3600
    if call.enabled:
        steps = [text for step in call.steps or () for text in (step["path"], *step["headers"].values())]
        probe_steps = {"started"} if call.name.startswith("Probe 09") else set()
        named = names_in(call.path, call.body or "", *(call.headers or {}).values(), *steps)
        assert named <= known(call) | probe_steps


def test_what_is_scheduled():
    scheduled = [name for name, call in CALLS.items() if call.enabled and not name.startswith("Probe")]
    assert len(scheduled) == 13
    assert "users: GET /users" in scheduled and "jobs: GET /jobs" not in scheduled


def test_what_the_community_edition_lacks_is_not_scheduled_there():
    ce = describe(Installation("https://reports.example.org/jasperserver", "jasperadmin")).services[0]
    enabled = {call.name for call in ce.calls if call.enabled}
    assert "organizations: GET /organizations" in {name for name, call in CALLS.items() if call.enabled}
    assert "organizations: GET /organizations" not in enabled and "users: GET /users" in enabled


def test_without_a_password_nothing_that_signs_in_is_scheduled():
    bare = describe(Installation("https://reports.example.org/jasperserver", "jasperadmin", password_known=False))
    assert {call.name[:8] for call in bare.services[0].calls if call.enabled} == {"Probe 01", "Probe 02", "Probe 03"}
    assert any("--password-file" in note for note in bare.notes)


def test_a_delete_is_proved_by_what_was_there_before_and_is_gone_after():
    call = CALLS["resources: DELETE /resources/{uri}"]
    asked = [(call.method, call.expected_codes)] + [(one["method"], one["expected_codes"]) for one in call.steps]
    assert asked == [("GET", "200"), ("DELETE", "204"), ("GET", "404"), ("GET", "302")]
    assert not call.enabled


def test_notes_say_why_a_probe_is_paused():
    assert [note[:8] for note in DESCRIBED.notes] == ["Probe 07", "Probe 10"]


def test_describing_twice_gives_the_same():
    assert describe(PRO) == DESCRIBED


def test_a_wrong_option_is_refused():
    with pytest.raises(ValueError, match="user: give the name"):
        describe(Installation("https://reports.example.org", ""))


def test_what_is_there_stays_paused_or_not_as_people_have_set_it():
    before = Before(frozenset(CALLS) - {"jobs: POST /jobs/pause"}, frozenset(known_of(PRO)))
    again = {call.name: call.enabled for call in describe(PRO, before).services[0].calls}
    assert again.pop("jobs: POST /jobs/pause") is False
    assert set(again.values()) == {None}


def test_what_waited_for_a_value_begins_once_it_is_given():
    lacked = Before(frozenset(CALLS), frozenset(known_of(PRO)) - {"report"})
    begun = [call.name[:8] for call in describe(PRO, lacked).services[0].calls if call.enabled]
    assert begun == ["Probe 08", "Probe 09"]
    lacked = Before(frozenset(CALLS), frozenset(known_of(PRO)) - {"secret.jasper_password"})
    begun = [call.name for call in describe(PRO, lacked).services[0].calls if call.enabled]
    assert "Probe 05: repository" in begun and "users: GET /users" in begun and "Probe 01: version" not in begun


def known_of(installation):
    return {*describe(installation).services[0].variables, "secret.jasper_password", "secret.jasper_password_encoded"}
