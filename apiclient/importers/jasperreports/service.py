"""The whole server as one service: every documented call, the ten probes, and what all of them share. Pure."""

import re
from dataclasses import replace

from apiclient.importers.described import Described, DescribedCall, DescribedService
from apiclient.importers.jasperreports.installation import PASSWORD, Before, Installation, encoded
from apiclient.importers.jasperreports.probe import LATE_MS, RENDER_MS, probes
from apiclient.importers.jasperreports.reference import Reference, references
from apiclient.importers.jasperreports.rule import checks
from apiclient.importers.jasperreports.session import CAPTURE, log_out, step

DESCRIPTION = "JasperReports Server: the calls of its REST services with their documented answers, and ten probes."
DEFAULTS = {"server_info": "edition", "settings": "dateTimeSettings", "entity": "", "format": "csv", "page": "1"}
"""What placeholders of the reference stand for where any value does."""
STRANGER = "answerback-no-such-user"
HOUR_S, DAY_S = 3_600, 86_400
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


def describe(installation: Installation, before: Before | None = None) -> Described:
    """One service. Calls that are not safe, or that need an id, arrive paused; ValueError names a wrong option.

    Calls that are there ``before`` stay paused or not, as people have set them, but for those that wait for a value
    that they have now.
    """
    if problem := installation.problem():
        raise ValueError(problem)
    called = [one for one in references() if not one.is_of_every_call]
    for_all = next(one for one in references() if one.is_of_every_call)
    service = DescribedService(
        name=installation.name,
        base_url=installation.base_url.rstrip("/"),
        description=DESCRIPTION,
        headers={"Accept": "application/json"},
        auth={"kind": "basic", "user": installation.login, "password": f"{{{{ secret.{PASSWORD} }}}}"},
        variables=_variables(installation),
        answers=for_all.answers,
        calls=(*probes(installation), *(_call(one, installation) for one in called)),
    )
    service = replace(service, calls=tuple(_left_alone(call, service, before or Before()) for call in service.calls))
    return Described((service,), _notes(installation))


def _left_alone(call: DescribedCall, service: DescribedService, before: Before) -> DescribedCall:
    if call.name not in before.calls:
        return call
    auth = service.auth if call.auth is None else None
    named = set(_PLACEHOLDER.findall(f"{call.path} {call.body} {auth}"))
    return call if call.enabled and named - before.known else replace(call, enabled=None)


def _variables(installation: Installation) -> dict[str, str]:
    given = {"report": installation.report.strip("/"), "job": installation.job}
    known = {name: value for name, value in given.items() if value}
    return DEFAULTS | {"login_encoded": encoded(installation.login), "stranger": STRANGER} | known


def _call(one: Reference, installation: Installation) -> DescribedCall:
    return DescribedCall(
        name=one.name,
        slug=one.slug,
        method="GET" if one.proves else one.method,
        path=one.proves or one.sent,
        headers={} if one.proves else one.headers,
        body=one.body,
        auth=None if _signs_in(one) else {"kind": "none"},
        interval_seconds=HOUR_S if one.is_safe else DAY_S,
        timeout_ms=RENDER_MS,
        expected_codes="200" if one.proves else "",
        slow_after_ms=LATE_MS,
        checks=[] if one.proves else checks(*one.rules),
        captures=[dict(CAPTURE)] if _opens_session(one) else [],
        steps=[*_proof(one), log_out()] if _opens_session(one) else [],
        enabled=installation.password_known and is_scheduled(one, installation),
        answers=one.answers,
    )


def _signs_in(one: Reference) -> bool:
    """A login has its name and password in its body."""
    return one.group != "login"


def _opens_session(one: Reference) -> bool:
    return one.path != "/logout.html"


def _proof(one: Reference) -> list[dict[str, object]]:
    """The code of a DELETE says nothing: what was there before must be gone after."""
    if not one.proves:
        return []
    return [
        step("Delete", one.method, one.sent, "204", checks=checks(*one.rules)),
        step("Gone", "GET", one.proves, "404"),
    ]


def is_scheduled(one: Reference, installation: Installation) -> bool:
    """Safe, with nothing to fill in that is not known to everybody, and there in this edition."""
    unknown = [name for name in _PLACEHOLDER.findall(one.sent) if name not in DEFAULTS]
    return one.is_safe and not unknown and not one.paused and (installation.is_pro or one.edition != "Pro")


def _notes(installation: Installation) -> tuple[str, ...]:
    """What arrives paused, and what would change that."""
    told = {
        "Without a password (--password-file) every call that signs in arrives paused.": installation.password_known,
        "Probe 07 arrives paused: name the id of a scheduled job by --job.": installation.job,
        "Probes 08 and 09 arrive paused: name a small report by --report.": installation.report,
        "Probe 10 arrives paused: only the system's admin, who belongs to no organisation, may export.": (
            installation.may_export
        ),
    }
    return tuple(note for note, known in told.items() if not known)
