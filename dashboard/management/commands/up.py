"""`manage.py up`: everything in one command, from an empty folder to a running dashboard."""

import os
import signal
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from apiclient.example.calls import is_loaded, load_example
from dashboard.broker import BrokerError, check
from dashboard.up import broker, children, prepare
from dashboard.up.child import die_with_parent
from dashboard.up.lock import LockedError, hold
from dashboard.up.supervisor import become


def whole(lowest: int, highest: int) -> Any:
    """A reader of option values from ``lowest`` to ``highest``."""

    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and lowest <= int(text) <= highest:
            return int(text)
        raise ArgumentTypeError(f"{text!r} is not a whole number from {lowest} to {highest}")

    return read


class Command(BaseCommand):
    help = (
        "Migrates, then runs web server, workers, beat and (where CELERY_BROKER_URL is not set) a broker until "
        "Ctrl-C or SIGTERM. Loads the example into an empty database. Exit code 0 when stopped, 1 when it cannot start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1", help="HOST; default 127.0.0.1")
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--port", type=whole(1, 65535), default=port, help="PORT; default 8000")
        workers, given = str(settings.ANSWERBACK_WORKERS), "worker processes; default ANSWERBACK_WORKERS, else 1"
        parser.add_argument("--workers", type=whole(1, 64), default=workers, help=given)
        parser.add_argument("--no-example", action="store_true", help="neither example calls nor their service")
        parser.add_argument("--stop-with-parent", action="store_true", help="stop when the starting process ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stop_with_parent"]:
            die_with_parent(signal.SIGTERM)
        try:
            self._run(options["host"], options["port"], options["workers"], not options["no_example"])
        except (LockedError, BrokerError, prepare.NotReadyError) as error:
            raise CommandError(f"{self._advice(error)}") from error
        except (DatabaseError, OSError) as error:
            raise CommandError(str(prepare.unfinished(error))) from error
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def _advice(self, error: Exception) -> str:
        if isinstance(error, LockedError):
            return f"another `up` runs here: {error}. Stop it first, or set ANSWERBACK_VAR_DIR to another folder."
        return str(error)

    def _run(self, host: str, port: int, workers: int, with_example: bool) -> None:
        prepare.require_room()
        hold(settings.VAR_DIR / "up.lock")
        example_port = settings.ANSWERBACK_EXAMPLE_PORT if with_example else None
        self._check(host, port, example_port)
        stages = children.plan(host, port, workers, self._prepare(example_port))
        self._explain(host)
        self._say(f"Starting {', '.join(child.name for stage in stages for child in stage)} ...")
        connections.close_all()
        welcome = f"Answerback is at http://{children.bracketed(host)}:{port}/  (Ctrl-C stops it)"
        become(stages, welcome, settings.BASE_DIR)

    def _check(self, host: str, port: int, example_port: int | None) -> None:
        prepare.require_port(host, port, "Stop what listens there, or set HOST and PORT.")
        if example_port is not None:
            advice = "Set ANSWERBACK_EXAMPLE_PORT to a free one, or use --no-example."
            if example_port == port:
                raise prepare.NotReadyError(f"the example service cannot have the port of the web server. {advice}")
            prepare.require_port("127.0.0.1", example_port, advice)
        prepare.require_files()
        prepare.require_database()
        broker.find_server() if settings.BROKER_EMBEDDED else check(settings.CELERY_BROKER_URL)

    def _prepare(self, example_port: int | None) -> int | None:
        """Tables, files, login, example; the port of the example service where the database has calls to it."""
        prepare.migrate(self._say)
        prepare.collect_static(self._say)
        prepare.first_login(self._say)
        if example_port is None:
            return None
        if loaded := load_example(example_port):
            self._say(f"Loaded the example into the empty database: {loaded} calls (--no-example leaves it out)")
        return example_port if is_loaded(example_port) else None

    def _explain(self, host: str) -> None:
        added = children.added_environment(host)
        if networks := added.get("ANSWERBACK_ALLOWED_NETWORKS"):
            self._say(f"Calls to this machine ({networks}) are allowed; ANSWERBACK_ALLOWED_NETWORKS changes that.")
        if host in children.REACHABLE and "ALLOWED_HOSTS" in added:
            self._say("Only browsers on this machine are let in: set ALLOWED_HOSTS to the names people will use.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
