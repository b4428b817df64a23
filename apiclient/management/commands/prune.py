"""Delete what is past its age."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.clock import now_ms
from apiclient.partition import BusyError
from apiclient.prune import KINDS, Portion, prune


class Command(BaseCommand):
    help = (
        "Delete what is older than ANSWERBACK_KEEP_SUCCESSES, _FAILURES and _ROLLUPS days, as happens hourly anyway. "
        "Exit code 0 when done, 1 when the outcomes stayed locked or somebody else is pruning."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, dry_run: bool, json: bool, **options: Any) -> None:
        found: list[Portion] = []
        try:
            for portion in prune(now_ms(), dry_run=dry_run, say=self._show):
                found.append(portion)
                if not json:
                    self._clear()
                    self.stdout.write(_in_words(portion))
        except BusyError as error:
            raise CommandError(str(error)) from error
        finally:
            self._clear()
        self.stdout.write(_as_json(found, dry_run) if json else _sum(found, dry_run))

    def _show(self, text: str) -> None:
        if sys.stderr.isatty():
            self._clear()
            self.stderr.write(f"{text} ...", ending="")
            self.stderr.flush()

    def _clear(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")


def _in_words(portion: Portion) -> str:
    day = f"{portion.day} " if portion.day else ""
    size = "" if portion.size is None else f", {portion.size} bytes"
    return f"{day}{portion.kind}: {portion.rows} rows{size}"


def _sum(found: list[Portion], dry_run: bool) -> str:
    rows = sum(portion.rows for portion in found)
    return f"{rows} rows would go; nothing was deleted" if dry_run else f"{rows} rows deleted"


def _as_json(found: list[Portion], dry_run: bool) -> str:
    """``{"dry_run", "successes": {"days", "rows", "bytes"}, ...}``; bytes null where the database does not tell."""
    sums = {}
    for kind in KINDS:
        portions = [portion for portion in found if portion.kind == kind]
        sizes = [portion.size for portion in portions if portion.size is not None]
        sums[kind] = {
            "days": [str(portion.day) for portion in portions if portion.day],
            "rows": sum(portion.rows for portion in portions),
            "bytes": sum(sizes) if sizes else None,
        }
    return json.dumps({"dry_run": dry_run} | sums)
