#!/usr/bin/env python
"""Answerback's shell: `manage.py help` lists the commands."""

import os
import sys
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.core.management.base import CommandParser
from django.db import DatabaseError, InterfaceError


def what_is_wrong(error: Exception) -> str:
    """One line on a database that no command can work with; any other error of it is raised again."""
    from apiclient import database

    if problem := database.problem():
        return f"{problem[0].upper()}{problem[1:]}"
    raise error


def refuse(parser: CommandParser, message: str) -> NoReturn:
    """One line on options that a command does not take, where argparse would print all of them above it."""
    parser.exit(2, f"{parser.prog}: {message}. --help lists what it takes.\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    CommandParser.error = refuse  # type: ignore[method-assign,assignment]
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (DatabaseError, InterfaceError) as error:
        print(what_is_wrong(error), file=sys.stderr)  # noqa: T201
        sys.exit(2)
