"""Roles: the groups viewer, editor and admin, and the permissions that each has."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps as this_process
from django.contrib.auth.management import create_permissions
from django.db.models import Q

VIEWER, EDITOR, ADMIN = ROLES = "viewer", "editor", "admin"
VIEWED = ("call", "documentedanswer", "location", "message", "outcome", "outcomedetail", "secret", "service")
"""Models that everybody reads; what their rows are about decides who sees which (see apiclient.reach)."""
EDITED = ("call", "documentedanswer", "secret", "service")
"""Models that editors add, change and delete. One more that they shall is one more word here."""
ADMINISTERED = ("apiclient", "auth")
"""Apps of which admins may do everything, whatever models they get."""


def _may(verbs: Iterable[str], models: Iterable[str]) -> Q:
    names = [f"{verb}_{model}" for verb in verbs for model in models]
    return Q(content_type__app_label="apiclient", codename__in=names)


GRANTED = {
    VIEWER: _may(["view"], VIEWED),
    EDITOR: _may(["view"], VIEWED) | _may(["add", "change", "delete"], EDITED),
    ADMIN: Q(content_type__app_label__in=ADMINISTERED),
}


def grant(apps: Any = this_process, using: str = "default", **kwargs: Any) -> None:
    """Make the roles and give each what it lacks, after every ``migrate``; nothing is taken away.

    Django makes the permissions of a new model only after migrating, and of the apps in their order: so they are
    made here.
    """
    for label in ADMINISTERED:
        create_permissions(this_process.get_app_config(label), verbosity=0, apps=apps, using=using)
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # migrated back to before there were any
        return
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role)
        group.permissions.add(*Permission.objects.using(using).filter(GRANTED[role]))
