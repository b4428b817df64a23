"""The options of ``manage.py import jasperreports``, and what they ask for."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from apiclient.importers.jasperreports import NAME, Installation
from apiclient.plan import Result
from apiclient.plan.carry import Scope
from apiclient.ready_made import bring

SOURCE = "jasperreports"
OWN = ("user", "organisation", "password_file", "report", "job")
HELP = "JasperReports Server, ready-made: its REST services with their documented answers, and ten probes"
LONGEST_PASSWORD = 100_000


def add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group(SOURCE, HELP)
    group.add_argument("--user", default="", help="who signs in, such as jasperadmin")
    group.add_argument("--organisation", default="", help="the user's, where the server has several")
    group.add_argument(
        "--password-file",
        default="",
        metavar="FILE",
        help="whose first line is the password, - for standard input; kept encrypted",
    )
    group.add_argument("--report", default="", metavar="URI", help="a small report, for probes 08 and 09")
    group.add_argument("--job", default="", metavar="ID", help="a scheduled job, for probe 07")


def problem_with(source: str, options: Mapping[str, Any]) -> str | None:
    """Options that the source needs, or that another one takes; None when all is well."""
    if source != SOURCE:
        given = next((name for name in OWN if options[name]), None)
        if given:
            return f"{_written(given)} is an option of {SOURCE} alone."
        return None if options["file"] else "FILE is missing: name what to read, - for the standard input."
    if options["file"]:
        return f"{SOURCE} reads no file, so leave {options['file']} out."
    lacking = [_written(name) for name in ("base_url", "user") if not options[name]]
    return f"{SOURCE} needs {' and '.join(lacking)}." if lacking else None


def bring_in(options: Mapping[str, Any], scope: Scope, *, keep: bool) -> Result:
    """As ``ready_made.bring``, by the options of the command. CommandError where the password cannot be read."""
    installation = Installation(
        base_url=options["base_url"],
        user=options["user"],
        organisation=options["organisation"],
        name=options["service"] or NAME,
        report=options["report"],
        job=options["job"],
    )
    return bring(installation, _password(options["password_file"]), scope, keep=keep)


def _written(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _password(name: str) -> str | None:
    """The first line of the file. None where no file is named."""
    if not name:
        return None
    try:
        text = sys.stdin.read(LONGEST_PASSWORD) if name == "-" else _first(Path(name))
    except OSError as error:
        raise CommandError(f"--password-file: {name}: {error.strerror}.", returncode=2) from None
    except UnicodeDecodeError:
        raise CommandError(f"--password-file: {name} is not text in UTF-8.", returncode=2) from None
    return text.partition("\n")[0].removesuffix("\r")


def _first(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(LONGEST_PASSWORD)
