"""How the installation is doing, a line per check, with what to do."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apiclient.clock import now_ms
from dashboard.doctor import examine
from dashboard.doctor.finding import Level, worst


class Command(BaseCommand):
    help = (
        "Look at database, broker, workers, timetable, slots, clocks, disks and settings: a line per check, with what "
        "to do. Exit code 0 when all is well or only warned of, 1 when there is a problem."
    )
    requires_system_checks = []  # what they say is one of the lines

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        findings = examine.everything(now_ms())
        self.stdout.write(_as_json(findings) if json else "\n".join(map(str, findings)))
        if worst(findings) is Level.PROBLEM:
            sys.exit(1)


def _as_json(findings: list[Any]) -> str:
    return json.dumps({"level": worst(findings), "findings": [asdict(finding) for finding in findings]})
