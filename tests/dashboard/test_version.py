"""Which version of a thing somebody has read."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from apiclient.models import Call
from dashboard.version import last_change, told, version
from tests.builders import make_call, make_location

pytestmark = pytest.mark.django_db


def test_every_saved_edit_and_every_relation_makes_another_one():
    call = make_call()
    seen = {version(call)}
    call.save()
    seen.add(version(call))
    call.locations.add(make_location())
    seen.add(version(call))
    assert len(seen) == 3 and version(Call.objects.get()) in seen


def test_an_old_note_says_nothing_about_the_last_edit(admin_user):
    call = make_call()
    LogEntry.objects.log_actions(admin_user.pk, [call], CHANGE, "Changed.", single_object=True)
    assert last_change(call).who == "admin" and told(call).startswith("admin changed this")
    call.save()
    assert last_change(call) is None and told(call).startswith("Somebody")
