#!/usr/bin/env python
"""Answerback's shell: `manage.py help` lists the commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError


def what_is_wrong(error: Exception) -> str:
    """One line on a database that no command can work with; any other error of it is raised again."""
    from apiclient import database

    if problem := database.problem():
        return f"{problem[0].upper()}{problem[1:]}"
    raise error


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (DatabaseError, InterfaceError) as error:
        print(what_is_wrong(error), file=sys.stderr)  # noqa: T201
        sys.exit(2)
