"""Ten probes: those of the table, by cost, scheduled so that they fill no server's memory."""

import pytest

from apiclient.importers.jasperreports import Installation
from apiclient.importers.jasperreports.probe import probes

ALL = probes(Installation("https://reports.example.org/jasperserver-pro", "superuser", report="/a/b", job="7"))
IDLE_S = 1200
"""After so long the server ends a session itself."""


def test_there_are_ten_in_the_order_of_what_they_cost():
    assert [probe.name[:9] for probe in ALL] == [f"Probe {number:02}:" for number in range(1, 11)]
    assert all(probe.enabled for probe in ALL)


def test_what_is_expected_is_what_the_table_says():
    assert [probe.expected_codes for probe in ALL] == [
        "200", "200", "401", "200", "200, 204", "200, 204", "200", "200", "200", "404",
    ]  # fmt: skip
    assert [step["expected_codes"] for step in ALL[3].steps] == ["302"]
    assert [step["expected_codes"] for step in ALL[8].steps] == ["200", "204", "302"]
    assert {"kind": "json", "path": "$.errorCode", "is": "equals", "value": "no.such.export.process"} in ALL[9].checks


@pytest.mark.parametrize("probe", ALL, ids=lambda probe: probe.name)
def test_whoever_signs_in_logs_out(probe):
    opens = probe.auth is None or "secret" in (probe.body or "")
    assert bool(probe.steps) is opens
    if opens:
        assert probe.captures[0]["name"] == "session"
        assert probe.steps[-1]["path"] == "/logout.html" and probe.steps[-1]["always"] is True


def test_what_renders_does_so_seldom():
    assert all(probe.interval_seconds >= 900 for probe in ALL if probe.slow_after_ms)
    assert min(probe.interval_seconds for probe in ALL) >= 60


def test_a_wrong_password_locks_nobody_out():
    assert ALL[2].body == "j_username={{ stranger }}&j_password=wrong"


@pytest.mark.parametrize(
    ("options", "paused"),
    [
        ({"report": "/a/b"}, {7}),
        ({"job": "7"}, {8, 9}),
        ({"report": "/a/b", "job": "7", "organisation": "organization_1"}, {10}),
        ({"report": "/a/b", "job": "7", "password_known": False}, {4, 5, 6, 7, 8, 9, 10}),
    ],
)
def test_a_probe_that_lacks_something_arrives_paused(options, paused):
    made = probes(Installation("https://reports.example.org/jasperserver-pro", "superuser", **options))
    assert {number for number, probe in enumerate(made, 1) if not probe.enabled} == paused


def test_the_licence_of_the_community_edition_does_not_end():
    def paths(base):
        return {check.get("path") for check in probes(Installation(base, "jasperadmin"))[1].checks}

    assert "$.expiration" in paths("https://reports.example.org/jasperserver-pro")
    assert "$.expiration" not in paths("https://reports.example.org/jasperserver")
