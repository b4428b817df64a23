"""A problem of the installation itself is told on every page, to people with a login."""

import pytest

from apiclient import heartbeat
from apiclient.clock import now_ms
from apiclient.heartbeat import Pulse
from dashboard.doctor import judge

pytestmark = pytest.mark.django_db


def alive():
    heartbeat.tick(now_ms())
    Pulse("worker1@here", lambda: (0, 1), now_ms).beat()


def test_one_that_does_not_run_says_so(admin_client, client):
    page = admin_client.get("/codes/").content
    assert b"No worker is alive. Start one" in page and b"The timetable has never run." in page
    assert b"No worker" not in client.get("/accounts/login/").content


def test_one_that_runs_says_nothing(admin_client):
    alive()
    assert b'role="alert"' not in admin_client.get("/codes/").content


def test_a_full_disk_is_told(admin_client, monkeypatch):
    alive()
    monkeypatch.setattr(judge, "DISK_FULL", 1 << 62)
    monkeypatch.setattr(judge, "DISK_LOW", 1 << 62)
    assert b"Free some space" in admin_client.get("/codes/").content
