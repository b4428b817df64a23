"""Make services and calls what files say: configuration as code."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.importers.answerback.gather import Gathered, gather
from apiclient.models import Service
from apiclient.models.team import everyone
from apiclient.plan import Refused, Result, carry_out, look
from apiclient.plan.carry import Scope
from apiclient.plan.words import as_object, report

PENDING = 3


class Command(BaseCommand):
    help = (
        "Make services, calls and documented answers what a YAML file says, or all files of a folder. What a file does "
        "not say stays. Exit code 0 when done or when there is nothing to do, 2 when the file is wrong and nothing was "
        "saved; with --dry-run 3 when something would change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE-or-DIR", help="YAML; see docs/configuration.md")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--prune", action="store_true", help="also delete what these files kept and do not name any more"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, path: Path, dry_run: bool, prune: bool, json: bool, **options: Any) -> None:
        gathered = _gathered(path)
        scope = Scope(Service.objects.all(), everyone(), gathered.manager, gathered.scope, prune, gathered.scope)
        result = _judged(gathered, scope) if dry_run else _done(gathered, scope)
        self.stdout.write(_as_json(result, dry_run) if json else _as_text(result, dry_run))
        if dry_run and result.changes:
            sys.exit(PENDING)


def _gathered(path: Path) -> Gathered:
    try:
        return gather(path)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from None
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from None


def _judged(gathered: Gathered, scope: Scope) -> Result:
    result = look(gathered.described, scope)
    if result.problems:
        raise CommandError("\n".join(map(str, result.problems)), returncode=2)
    return result


def _done(gathered: Gathered, scope: Scope) -> Result:
    try:
        return carry_out(gathered.described, scope)
    except Refused as refused:
        raise CommandError(f"{refused}\nNothing was saved.", returncode=2) from None


def _as_text(result: Result, dry_run: bool) -> str:
    return report(result.changes, result.notes, done=not dry_run)


def _as_json(result: Result, dry_run: bool) -> str:
    return json.dumps(as_object(result.changes, result.notes, dry_run=dry_run))
