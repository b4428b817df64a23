"""Roles and their permissions."""

import pytest
from django.contrib.auth.models import Group, Permission

from apiclient.roles import ADMIN, EDITED, EDITOR, ROLES, VIEWED, VIEWER, grant

pytestmark = pytest.mark.django_db


def permissions(role):
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_each_role_may_what_its_words_say():
    viewed = {f"view_{name}" for name in VIEWED}
    assert permissions(VIEWER) == viewed
    assert permissions(EDITOR) == viewed | {f"{verb}_{name}" for verb in ("add", "change", "delete") for name in EDITED}
    everything = Permission.objects.filter(content_type__app_label__in=["apiclient", "auth"])
    assert permissions(ADMIN) == set(everything.values_list("codename", flat=True)) > permissions(EDITOR)
    assert {"change_team", "change_user", "delete_service"} <= permissions(ADMIN)


def test_granting_again_gives_back_what_is_lacking_and_takes_nothing():
    extra = Permission.objects.get(codename="add_location")
    Group.objects.get(name=VIEWER).permissions.add(extra)
    Group.objects.get(name=EDITOR).permissions.clear()
    Group.objects.get(name=ADMIN).delete()
    Permission.objects.filter(codename="view_message").delete()
    grant()
    grant()
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)
    assert "add_location" in permissions(VIEWER)
    assert {"change_call", "view_message"} <= permissions(EDITOR)
    assert "view_message" in permissions(ADMIN)
