"""Write services and calls as files say them: to begin with files, or to bring one up to date."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apiclient.importers.answerback import read, schema, write
from apiclient.importers.described import DescribedService
from apiclient.importers.document import text_of
from apiclient.models import Service
from apiclient.plan.kept import blank, there
from apiclient.plan.shown import concealed


class Command(BaseCommand):
    help = (
        "Write services with their calls and documented answers as YAML that `apply` takes back. Secrets are written "
        "as {{ secret.name }}, other secret values as •••, which stands for what is kept. Exit code 0 when written, 2 "
        "when there is no such service or the file is none of ours."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "services", nargs="*", metavar="SERVICE", help="short names; without any those of --into, else all"
        )
        parser.add_argument(
            "--into", type=Path, metavar="FILE", help="write there; comments and order of what is there already stay"
        )
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of such files instead")

    def handle(self, *args: Any, services: list[str], into: Path | None, schema: bool, **options: Any) -> None:
        if schema:
            self.stdout.write(_schema())
            return
        try:
            text = text_of(into.read_bytes()) if into and into.exists() else ""
            written = _written(services, text)
            if into:
                _put(into, written)
                self.stdout.write(f"{into}: {'unchanged' if written == text else 'written'}.")
            else:
                self.stdout.write(written, ending="")
        except OSError as error:
            raise CommandError(f"{into}: {error.strerror}.", returncode=2) from None
        except ValueError as error:
            raise CommandError(f"{into}: {error}", returncode=2) from None


def _put(path: Path, text: str) -> None:
    """All of it or nothing."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _schema() -> str:
    return json.dumps(schema(), indent=2)


def _written(slugs: list[str], text: str) -> str:
    found = [concealed(one) for one in _found(slugs, text)]
    return write(found, blank(), text, _schema_address())


def _found(slugs: list[str], text: str) -> list[DescribedService]:
    services = Service.objects.all()
    known = set(services.values_list("slug", flat=True))
    if missing := [slug for slug in slugs if slug not in known]:
        listed = ", ".join(sorted(known)[:20]) or "(none yet)"
        raise CommandError(f"There is no service {missing[0]!r}. Use short names: {listed}.", returncode=2)
    if slugs:
        return [one.service for one in there(services.filter(slug__in=slugs))]
    if not text.strip():
        return [one.service for one in there(services)]
    named = read(text).services
    names, shorts = {one.name for one in named}, {one.slug for one in named if one.slug}
    return [one.service for one in there(services) if one.service.name in names or one.service.slug in shorts]


def _schema_address() -> str:
    """Where this installation serves it; '' where its address is not known."""
    return f"{settings.ANSWERBACK_URL}/static/dashboard/answerback.schema.json" if settings.ANSWERBACK_URL else ""
