"""What has to be true before anything starts: free ports, a database that answers, tables, a first login."""

import os
import secrets
import socket
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apiclient import database
from apiclient.http import descriptors
from apiclient.models.team import everyone
from dashboard import environment
from dashboard.doctor import examine, judge
from dashboard.doctor.finding import Finding, Level

PATIENCE_S = 3.0
"""A server that was killed a moment ago may hold its port a little longer."""


class NotReadyError(Exception):
    """One line: what is wrong and what to do."""


def require_port(host: str, port: int, advice: str) -> None:
    """NotReadyError where nothing can be bound to the address."""
    if not 1 <= port <= 65535:
        raise NotReadyError(f"{port} is not a port: 1 to 65535. {advice}")
    until = time.monotonic() + PATIENCE_S
    while problem := _problem_with_port(host, port):
        if time.monotonic() > until or problem != "Address already in use":
            raise NotReadyError(f"cannot listen on {host}:{port} ({problem}). {advice}")
        time.sleep(0.1)


def _problem_with_port(host: str, port: int) -> str | None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except socket.gaierror as error:
        return f"{host!r} is no address of this machine: {error.strerror}"
    except OSError as error:
        return os.strerror(error.errno or 0)
    return None


def require_database() -> None:
    """NotReadyError where the database does not answer, or a newer version has migrated it."""
    try:
        database.require_answer()
    except database.NoAnswerError as error:
        raise NotReadyError(str(error)) from error
    found = database.migrations()
    if found.unknown:
        raise NotReadyError(found.problem)


def require_room() -> None:
    """NotReadyError where a disk is so full that something would be left half done."""
    _refuse_problems(examine.disks())


def unfinished(error: Exception) -> NotReadyError:
    """What it means when a step of the preparation ends in an error of the disk or of the database."""
    said = " ".join(str(error).split())
    return NotReadyError(f"the preparation could not be finished ({said}). Free some space, or mend that.")


def require_files() -> None:
    """NotReadyError where a worker could open too few files to be of use."""
    _refuse_problems([judge.files(descriptors.carried(), settings.ANSWERBACK_CONCURRENCY)])


def _refuse_problems(findings: list[Finding]) -> None:
    for finding in findings:
        if finding.level is Level.PROBLEM:
            raise NotReadyError(f"{finding.name}: {finding.sentence}")


def migrate(say: Callable[[str], None]) -> None:
    """Bring the tables up to date; says how many steps that takes."""
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if steps:
        say(f"Preparing the database: {len(steps)} migrations ...")
        call_command("migrate", interactive=False, verbosity=0)


def collect_static(say: Callable[[str], None]) -> None:
    say("Collecting static files ...")
    call_command("collectstatic", interactive=False, verbosity=0)


def first_login(say: Callable[[str], None]) -> None:
    """Make the user `admin` where nobody can administer yet; a made-up password is said once and kept as hash only."""
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists():
        say("Login: as before. Forgotten? .venv/bin/python manage.py changepassword NAME")
    elif users.filter(username="admin").exists():
        say("Nobody can administer: `admin` is no superuser. Use .venv/bin/python manage.py createsuperuser")
    else:
        given = environment.text("ANSWERBACK_ADMIN_PASSWORD")
        password = given or secrets.token_urlsafe(12)
        users.create_superuser("admin", password=password).teams.set(everyone())
        shown = "the password of ANSWERBACK_ADMIN_PASSWORD" if given else f"password {password}  (shown this once)"
        say(f"First login: user admin, {shown}")
