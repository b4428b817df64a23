"""Can the database be worked with? It answers, has the tables this code needs, and none of a newer version."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader

KINDS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
ADVICE = {
    "postgresql": "Check that the server runs, that this database is there and that user and password are right",
    "sqlite": "Check that the folder is there and lets this user write",
}


class NoAnswerError(Exception):
    """The database does not answer; the message is one line that says why and what to do, without its password."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """``unapplied`` are known to the code and not to the database, ``unknown`` the other way round."""

    unapplied: list[str]
    unknown: list[str]

    @property
    def problem(self) -> str | None:
        """One line on what is wrong and what to do, None when nothing is."""
        if self.unknown:
            return (
                f"the database was migrated by a newer version of Answerback ({', '.join(self.unknown)}). "
                "Install that version, or restore the backup made before the upgrade."
            )
        if self.unapplied:
            return f"{len(self.unapplied)} migrations are not applied. Run manage.py migrate."
        return None


def require_answer() -> None:
    """NoAnswerError where the database does not answer."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError, OSError) as error:
        said = " ".join(str(error).split())
        raise NoAnswerError(
            f"the database {where()} does not answer ({said}). {ADVICE[connection.vendor]}, or correct DATABASE_URL."
        ) from error


def where() -> str:
    """Host and name of the database, without user and password."""
    config = connection.settings_dict
    server = ":".join(filter(None, (config.get("HOST"), str(config.get("PORT") or ""))))
    return "/".join(filter(None, (server, str(config["NAME"]))))


def migrations() -> Migrations:
    """What code and database know of each other. A DatabaseError where it does not answer."""
    loader = MigrationLoader(connection)
    ours = {app.label for app in apps.get_app_configs() if app.name.partition(".")[0] in ("apiclient", "dashboard")}
    applied, known = set(loader.applied_migrations), set(loader.graph.nodes)
    unknown = {(app, name) for app, name in applied - set(loader.disk_migrations) if app in ours}
    return Migrations([".".join(one) for one in sorted(known - applied)], [".".join(one) for one in sorted(unknown)])


def problem() -> str | None:
    """One line on why nothing can work with this database, None when everything can."""
    try:
        require_answer()
        return migrations().problem
    except NoAnswerError as error:
        return str(error)


def version() -> str:
    """Its kind and version: `PostgreSQL 15.6`."""
    kind = KINDS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        return f"{kind} {cursor.fetchone()[0].split()[0]}"


def clock_difference() -> timedelta | None:
    """How far its clock is ahead of this process's; None where both read the same one."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
        after = datetime.now(UTC)
    difference: timedelta = there - (before + (after - before) / 2)
    return difference
