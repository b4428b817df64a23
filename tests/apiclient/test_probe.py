"""The newest outcome of each running call, and what its last kept detail tells of the connection."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apiclient import probe as module
from apiclient.catalogue import Failure
from apiclient.http import Certificate, Hop
from apiclient.models import OutcomeDetail
from apiclient.probe import Details, Seen, latest
from tests.builders import make_call, make_outcome, make_service

pytestmark = pytest.mark.django_db

EXPIRES_AT = datetime(2030, 1, 2, tzinfo=UTC)


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def test_one_for_each_call_on_the_timetable_with_its_secrets_masked():
    call = make_call(make_service(name="Shop"), name="List", path="/x?token=planted&page=2")
    make_outcome(call, 500, due_at=ago(2))
    newest = make_outcome(call, due_at=ago(1))
    make_outcome(make_call(interval_seconds=None))
    make_call()
    (found,) = latest(Details())
    assert (found.service, found.call, found.outcome) == ("shop", "list", newest)
    assert "planted" not in found.url and found.url.endswith("page=2")


def test_what_the_last_detail_tells_stays_while_answers_without_one_follow():
    call = make_call()
    hop = Hop("http://a/", 301, "/b")
    certificate = Certificate("CN=a", "CN=b", EXPIRES_AT)
    make_outcome(call, due_at=ago(3), http_version="HTTP/2", redirects=(hop,), certificate=certificate)
    make_outcome(call, due_at=ago(1), detailed=False)
    assert latest(Details())[0].seen == Seen("HTTP/2", 1, EXPIRES_AT)


def test_a_failure_without_a_certificate_tells_of_none():
    call = make_call()
    make_outcome(call, due_at=ago(3), http_version="HTTP/2", certificate=Certificate("CN=a", "CN=b", EXPIRES_AT))
    make_outcome(call, failure=Failure.CONNECT_REFUSED, due_at=ago(1))
    assert latest(Details())[0].seen == Seen("", 0, None)


def test_only_the_newest_details_are_looked_at(monkeypatch):
    monkeypatch.setattr(module, "MOST_DETAILS", 2)
    old, busy, other = make_call(), make_call(), make_call()
    make_outcome(old, due_at=ago(9))
    make_outcome(busy, due_at=ago(3))
    make_outcome(other, due_at=ago(2))
    assert Details().read().keys() == {busy.pk, other.pk}


def test_a_second_reading_reads_what_came_since_and_keeps_the_rest():
    call, quiet, details = make_call(), make_call(), Details()
    make_outcome(call, due_at=ago(30), http_version="HTTP/1.1")
    make_outcome(quiet, due_at=ago(40), http_version="HTTP/1.0")
    details.read()
    OutcomeDetail.objects.all().delete()
    make_outcome(call, due_at=ago(1), http_version="HTTP/2")
    make_outcome(call, due_at=ago(2), http_version="HTTP/3")
    assert {pk: seen.http_version for pk, seen in details.read().items()} == {call.pk: "HTTP/2", quiet.pk: "HTTP/1.0"}
