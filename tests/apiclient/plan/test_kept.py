"""What is in the database is described whole, and put back the same."""

from dataclasses import fields

import pytest

from apiclient.importers.described import DescribedCall, DescribedService
from apiclient.models import Call, Service
from apiclient.plan.kept import blank, put, there
from tests.builders import make_call, make_location, make_service

pytestmark = pytest.mark.django_db


def test_every_member_is_said():
    make_call(make_service(name="Shop"), name="Orders", interval_seconds=None, locations=[make_location(name="Paris")])
    (found,) = there(Service.objects.all())
    (call,) = found.service.calls
    assert call.locations == ("paris",) and call.interval_seconds == 0 and call.auth == {}
    assert found.keys == {"Orders": Call.objects.get().pk}
    silent = [one.name for one in fields(DescribedService) if getattr(found.service, one.name) is None]
    silent += [one.name for one in fields(DescribedCall) if getattr(call, one.name) is None]
    assert silent == []


def test_what_is_described_can_be_put_back():
    make_call(make_service(name="Shop", concurrency=None), name="Orders", cron="@daily", interval_seconds=None)
    (found,) = there(Service.objects.all())
    service, call = Service(), Call()
    put(service, found.service)
    put(call, found.service.calls[0])
    assert (service.concurrency, call.interval_seconds, call.auth, call.cron) == (None, None, None, "@daily")


def test_the_defaults_are_those_of_the_models():
    found = blank()
    assert found.concurrency == 50 and found.calls[0].interval_seconds == 60
