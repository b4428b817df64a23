"""Recount slots against outcomes and rollups against raw rows."""

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.clock import now_ms
from apiclient.models import Outcome
from apiclient.verify import differences

MOST = 1_000


class Command(BaseCommand):
    help = (
        "Recount that every due slot has exactly one outcome and every rollup equals its raw rows. "
        "Exit code 0 when all adds up, 1 with the differences when not, 2 when it could not be counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, help="look back this many hours only (default: everything)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, hours: float | None, json: bool, **options: Any) -> None:
        if hours is not None and not 0 < hours < 1_000_000:
            raise CommandError("--hours: use a number above 0 and below 1000000.", returncode=2)
        now = now_ms()
        since_ms = 0 if hours is None else now - timedelta(hours=hours) // timedelta(milliseconds=1)
        found = list(islice(differences(now, since_ms), MOST))
        self._print(found, as_json=json)
        if found:
            sys.exit(1)

    def _print(self, found: list[Any], *, as_json: bool) -> None:
        outcomes = Outcome.objects.count()
        if as_json:
            line = {"outcomes": outcomes, "differences": [asdict(difference) for difference in found]}
            self.stdout.write(json.dumps(line))
            return
        for difference in found:
            self.stdout.write(str(difference))
        self.stdout.write(f"{outcomes} outcomes, {len(found)} differences")
