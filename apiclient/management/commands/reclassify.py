"""Judge stored outcomes again, after a reference or an expectation was changed."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.catalogue import Verdict
from apiclient.models import Call, Service
from apiclient.moment import named
from apiclient.reclassify import Report, reclassify
from apiclient.slot import EPOCH, to_ms


class Command(BaseCommand):
    help = (
        "Judge stored outcomes again by what is documented and expected now: their codes and times; what a check said "
        "stays. Doing it twice changes nothing the second time. Exit code 0 when done, 2 when the name is not known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="", metavar="SERVICE[/CALL]", help="slugs; every service if left out"
        )
        parser.add_argument(
            "--since", default="", help="from when on: --since=-30d, --since 2026-11-01; all that is kept if left out"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, name: str, since: str, dry_run: bool, json: bool, **options: Any) -> None:
        since_ms, found = _since_ms(since), []
        for service, call in _named(name):
            report = reclassify(service, call, since_ms, dry_run=dry_run)
            found.append((str(call or service), report))
            if not json:
                self.stdout.write("\n".join(_in_words(str(call or service), report, dry_run)))
        if json:
            self.stdout.write(_as_json(found, dry_run))


def _named(name: str) -> list[tuple[Service, Call | None]]:
    if not name:
        return [(service, None) for service in Service.objects.order_by("pk")]
    service_slug, _, slug = name.partition("/")
    service = Service.objects.filter(slug=service_slug).first()
    call = (
        Call.objects.select_related("service").filter(service=service, slug=slug).first() if slug and service else None
    )
    if service is None or (slug and call is None):
        raise CommandError(f"There is no {name!r}. Use SERVICE or SERVICE/CALL by their slugs.", returncode=2)
    return [(service, call)]


def _since_ms(text: str) -> int:
    if not text:
        return 0
    try:
        return max(0, to_ms(max(EPOCH, named(text, datetime.now(UTC)))))
    except ValueError as error:
        raise CommandError(f"--since: {error}", returncode=2) from None


def _in_words(name: str, report: Report, dry_run: bool) -> list[str]:
    word = "would be judged" if dry_run else "judged"
    lines = [f"{name}: {report.changed} outcomes {word} otherwise" + (f", {report.kept} kept" if report.kept else "")]
    for (code, before, after), count in sorted(report.turns.items()):
        lines.append(f"  {code}: {count} {Verdict(before).slug} -> {Verdict(after).slug}")
    return lines + [f"  {call}: what it expects cannot be read, so it was left out" for call in report.unreadable]


def _as_json(found: list[tuple[str, Report]], dry_run: bool) -> str:
    results = [
        {
            "name": name,
            "changed": report.changed,
            "kept": report.kept,
            "turns": [
                {"status_code": code, "from": Verdict(before).slug, "to": Verdict(after).slug, "count": count}
                for (code, before, after), count in sorted(report.turns.items())
            ],
            "unreadable": report.unreadable,
        }
        for name, report in found
    ]
    return json.dumps({"dry_run": dry_run, "changed": sum(one.changed for _, one in found), "results": results})
