"""Encrypt secrets again by the newest key, so that older ones can be taken out of ANSWERBACK_SECRETS_KEYS."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apiclient.rotate import Rotation, rotate


class Command(BaseCommand):
    help = (
        "Encrypt every secret again by the first key of ANSWERBACK_SECRETS_KEYS; run twice, it changes nothing more. "
        "Exit code 0 when all are by that key, 1 when some cannot be decrypted: they stay as they are, and are named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        done = rotate()
        self.stdout.write(_as_json(done) if json else _as_text(done))
        if done.unreadable:
            sys.exit(1)


def _as_text(done: Rotation) -> str:
    lines = [f"not readable: {name}" for name in done.unreadable]
    return "\n".join([*lines, f"{done.rotated} encrypted again, {done.current} were by the newest key already"])


def _as_json(done: Rotation) -> str:
    """``{"rotated", "current", "unreadable": [names]}``."""
    return json.dumps(asdict(done))
