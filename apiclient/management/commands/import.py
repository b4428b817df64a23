"""Read services and calls that other tools describe, and save what differs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.importers.chosen import READERS, read_as
from apiclient.importers.described import Described
from apiclient.importers.document import text_of
from apiclient.management import jasperreports
from apiclient.models import Service
from apiclient.models.team import everyone
from apiclient.plan import Refused, Result, carry_out, look
from apiclient.plan.carry import Scope
from apiclient.plan.words import as_object, report

PENDING = 3


class Command(BaseCommand):
    help = (
        "Read a file of another tool: its requests become calls, what it documents becomes documented answers. Calls "
        "that may change something, or that lack a value or a secret, arrive paused; nothing is deleted. Exit code 0 "
        "when done or when there is nothing to do, 2 when the file is wrong and nothing was saved; with --dry-run 3 "
        "when something would change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        sources = (*READERS, jasperreports.SOURCE)
        parser.add_argument("source", choices=sources, metavar="SOURCE", help=", ".join(sources))
        parser.add_argument("file", nargs="?", default="", metavar="FILE", help="what to read; - is the standard input")
        parser.add_argument("--service", default="", metavar="NAME", help="the service it is about (default: its own)")
        parser.add_argument("--base-url", default="", metavar="URL", help="where that is (default: what the file says)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        jasperreports.add_options(parser)

    def handle(self, *args: Any, source: str, dry_run: bool, json: bool, **options: Any) -> None:
        if problem := jasperreports.problem_with(source, options):
            raise CommandError(problem, returncode=2)
        scope = Scope(Service.objects.all(), everyone(), source=source)
        if source == jasperreports.SOURCE:
            result = _saved(lambda: jasperreports.bring_in(options, scope, keep=not dry_run))
        else:
            described = _described(source, options["file"], options["service"], options["base_url"])
            result = _judged(described, scope) if dry_run else _saved(lambda: carry_out(described, scope))
        self.stdout.write(_as_json(result, dry_run) if json else report(result.changes, result.notes, done=not dry_run))
        if dry_run and (result.changes or result.services):
            sys.exit(PENDING)


def _described(source: str, file: str, service: str, base_url: str) -> Described:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return read_as(source, text_of(data), service, base_url)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.", returncode=2) from None
    except ValueError as error:
        raise CommandError(f"{file}: {error}", returncode=2) from None


def _judged(described: Described, scope: Scope) -> Result:
    result = look(described, scope)
    if result.problems:
        raise CommandError("\n".join(map(str, result.problems)), returncode=2)
    return result


def _saved(act: Callable[[], Result]) -> Result:
    try:
        return act()
    except Refused as refused:
        raise CommandError(f"{refused}\nNothing was saved.", returncode=2) from None


def _as_json(result: Result, dry_run: bool) -> str:
    return json.dumps(as_object(result.changes, result.notes, dry_run=dry_run))
