"""The options of ``manage.py import jasperreports``, and what they ask for."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from apiclient.importers.jasperreports import Installation
from apiclient.plan import Result
from apiclient.plan.carry import Scope
from apiclient.ready_made import bring

HELP = "JasperReports Server, ready-made: its REST services with their documented answers, and ten probes"
LONGEST_PASSWORD = 100_000


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--base-url", required=True, help="such as https://reports.example.org/jasperserver-pro")
    parser.add_argument("--user", required=True, help="who signs in, such as jasperadmin")
    parser.add_argument("--organisation", default="", help="the user's, where the server has several")
    parser.add_argument(
        "--password-file", metavar="FILE", help="whose first line is the password, - for standard input; kept encrypted"
    )
    parser.add_argument("--name", default="JasperReports Server", help="of the service (default %(default)s)")
    parser.add_argument("--report", default="", metavar="URI", help="a small report, for probes 08 and 09")
    parser.add_argument("--job", default="", metavar="ID", help="a scheduled job, for probe 07")


def bring_in(options: Mapping[str, Any], scope: Scope, *, keep: bool) -> Result:
    """As ``ready_made.bring``, by the options of the command. CommandError where the password cannot be read."""
    installation = Installation(
        base_url=options["base_url"],
        user=options["user"],
        organisation=options["organisation"],
        name=options["name"],
        report=options["report"],
        job=options["job"],
    )
    return bring(installation, _password(options["password_file"]), scope, keep=keep)


def _password(name: str | None) -> str | None:
    """The first line of the file. None where no file is named."""
    if name is None:
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
