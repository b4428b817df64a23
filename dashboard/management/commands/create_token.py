"""Make a token for the API in the shell: of the first superuser, or of the login that is named."""

import json
import re
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apiclient.models import Scope, Service, User
from dashboard import token as tokens

AGES = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Command(BaseCommand):
    help = "Make a token and print it this once. Exit code 0 when it was made, 2 with a sentence when it cannot be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="what it is for")
        parser.add_argument(
            "--scope", action="append", required=True, choices=[scope.value for scope in Scope], help="may be repeated"
        )
        parser.add_argument("--user", metavar="LOGIN", help="whose token it is; the first superuser's unless given")
        parser.add_argument("--expires", metavar="WHEN", help="90d, 12h, 4w from now, or a moment in ISO 8601")
        parser.add_argument("--service", action="append", metavar="SLUG", help="limits it to services; may be repeated")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, name: str, json: bool, **options: Any) -> None:
        request = SimpleNamespace(user=_owner(options["user"]))
        wish = tokens.Wish(
            name=_name(name),
            scopes=options["scope"],
            expires_at=_end(options["expires"]),
            services=_services(request, options["service"]),
        )
        if found := tokens.problems(request, wish):
            raise CommandError(" ".join(found.values()), returncode=2)
        token, text = tokens.make(request, wish)
        if json:
            self.stdout.write(_as_json(token, text))
        else:
            self.stdout.write(text)
            print(f"A token of {token.owner.username}. It is shown this once.", file=sys.stderr)  # noqa: T201


def _name(text: str) -> str:
    if not 0 < len(text.strip()) <= 120:
        raise CommandError("Use a name of 1 to 120 characters.", returncode=2)
    return text.strip()


def _owner(login: str | None) -> User:
    users = User.objects.filter(is_active=True).order_by("pk")
    found = users.filter(username=login).first() if login else users.filter(is_superuser=True).first()
    if found is None:
        sentence = f"There is no active login {login!r}." if login else "There is no active superuser: name --user."
        raise CommandError(sentence, returncode=2)
    return found


def _end(text: str | None) -> datetime | None:
    if not text:
        return None
    if age := re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", text):
        return timezone.now() + int(age[1]) * AGES[age[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        sentence = f"--expires {text!r} is no moment. Use 90d, 12h or 4w, or ISO 8601 such as 2027-01-31T12:00Z."
        raise CommandError(sentence, returncode=2) from None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _services(request: Any, slugs: list[str] | None) -> list[Service] | None:
    if not slugs:
        return None
    found = {service.slug: service for service in tokens.services_in_reach(request)}
    if unknown := [slug for slug in slugs if slug not in found]:
        sentence = f"There is no service {unknown[0]!r} in reach. Use one of: {', '.join(found) or '(none yet)'}."
        raise CommandError(sentence, returncode=2)
    return [found[slug] for slug in slugs]


def _as_json(token: Any, text: str) -> str:
    return json.dumps(
        {
            "id": token.pk,
            "name": token.name,
            "token": text,
            "owner": token.owner.username,
            "scopes": token.scopes,
            "services": sorted(service.slug for service in token.services.all()) if token.limited else None,
            "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        }
    )
