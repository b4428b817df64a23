"""Ten probes, ordered by what they cost the server: what a server that is well answers. Pure."""

from dataclasses import replace
from typing import Any

from apiclient.importers.described import DescribedCall
from apiclient.importers.jasperreports.installation import Installation
from apiclient.importers.jasperreports.reference import reference
from apiclient.importers.jasperreports.rule import checks
from apiclient.importers.jasperreports.session import CAPTURE, log_out, step

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOBODY = {"kind": "none"}
LATE_MS = 4_000
"""An answer that takes longer is a failure: the server answers, and nobody would wait for it."""
RENDER_MS = 60_000
CONFIRM_S = 5
STARTED = "/rest_v2/reportExecutions/{{ started }}"
"""Not ``execution``, which may be a variable that somebody has given the reference's calls."""


def probes(installation: Installation) -> tuple[DescribedCall, ...]:
    """All ten. Those that need what is not known here arrive paused."""
    signed_in = installation.password_known
    return (
        _version(),
        _licence(installation.is_pro),
        _wrong_password(),
        replace(_login(), enabled=signed_in),
        replace(_repository(), enabled=signed_in),
        replace(_jobs(), enabled=signed_in),
        replace(_armed_job(), enabled=signed_in and bool(installation.job)),
        replace(_report(), enabled=signed_in and bool(installation.report)),
        replace(_execution(), enabled=signed_in and bool(installation.report)),
        replace(_error_path(), enabled=signed_in and installation.may_export),
    )


def _cheap(name: str, path: str, every_s: int, codes: str, documented: str, **members: Any) -> DescribedCall:
    """A GET that touches little: late after 4 s, and a failure counts once a second try fails too."""
    given: dict[str, Any] = {
        "method": "GET",
        "interval_seconds": every_s,
        "timeout_ms": 10_000,
        "fail_after_ms": LATE_MS,
        "confirm_after_s": CONFIRM_S,
        "expected_codes": codes,
        "enabled": True,
        "answers": reference("GET", documented).answers,
    }
    return DescribedCall(name, path=path, **given | members)


def _signed_in(name: str, path: str, every_s: int, codes: str, documented: str, **members: Any) -> DescribedCall:
    return _cheap(name, path, every_s, codes, documented, captures=[dict(CAPTURE)], steps=[log_out()], **members)


def _version() -> DescribedCall:
    rule = {"kind": "body", "is": "matches", "value": r"^\d+\.\d+"}
    return _cheap(
        "Probe 01: version",
        "/rest_v2/serverInfo/version",
        60,
        "200",
        "/rest_v2/serverInfo",
        headers={"Accept": "*/*"},
        auth=NOBODY,
        checks=[rule],
    )


def _licence(is_pro: bool) -> DescribedCall:
    """The community edition's licence never ends."""
    expiration = {"kind": "json", "path": "$.expiration", "is": "after"}
    ends = [expiration | {"value": "now"}, expiration | {"value": "30d", "degrades": True}] if is_pro else []
    return _cheap(
        "Probe 02: licence",
        "/rest_v2/serverInfo",
        3600,
        "200",
        "/rest_v2/serverInfo",
        auth=NOBODY,
        checks=[*checks("no page"), {"kind": "json", "path": "$.edition", "is": "present"}, *ends],
    )


def _wrong_password() -> DescribedCall:
    """As a user that is not there: a wrong password of one that is would lock it out in time."""
    return DescribedCall(
        "Probe 03: wrong password",
        method="POST",
        path="/rest_v2/login",
        headers=FORM,
        body="j_username={{ stranger }}&j_password=wrong",
        auth=NOBODY,
        interval_seconds=300,
        timeout_ms=10_000,
        fail_after_ms=LATE_MS,
        expected_codes="401",
        checks=checks("cross-domain"),
        enabled=True,
        answers=reference("POST", "/rest_v2/login").answers,
    )


def _login() -> DescribedCall:
    return DescribedCall(
        "Probe 04: login and logout",
        method="POST",
        path="/rest_v2/login",
        headers=FORM,
        body="j_username={{ login_encoded }}&j_password={{ secret.jasper_password_encoded }}",
        auth=NOBODY,
        interval_seconds=900,
        timeout_ms=10_000,
        fail_after_ms=LATE_MS,
        expected_codes="200",
        checks=checks("no page"),
        captures=[dict(CAPTURE)],
        steps=[log_out()],
        answers=reference("POST", "/rest_v2/login").answers,
    )


def _repository() -> DescribedCall:
    rules = checks("no page", "no error object", "cross-domain")
    path = "/rest_v2/resources?limit=1"
    return _signed_in("Probe 05: repository", path, 300, "200, 204", "/rest_v2/resources", checks=rules)


def _jobs() -> DescribedCall:
    rules = checks("no page", "no error object", "cross-domain")
    return _signed_in("Probe 06: scheduler", "/rest_v2/jobs", 300, "200, 204", "/rest_v2/jobs", checks=rules)


def _armed_job() -> DescribedCall:
    rules = checks("no page", "no error object", "armed", "cross-domain")
    path = "/rest_v2/jobs/{{ job }}/state"
    return _signed_in("Probe 07: armed job", path, 300, "200", "/rest_v2/jobs/{id}/state", checks=rules)


def _report() -> DescribedCall:
    csv = {"kind": "header", "name": "Content-Type", "is": "contains", "value": "text/csv", "codes": "200"}
    return _signed_in(
        "Probe 08: report",
        "/rest_v2/reports/{{ report }}.csv",
        900,
        "200",
        "/rest_v2/reports/{uri}.{format}",
        headers={"Accept": "text/csv, application/json;q=0.5"},
        checks=[csv, *checks("report", "data source", "cross-domain")],
        timeout_ms=RENDER_MS,
        fail_after_ms=None,
        slow_after_ms=LATE_MS,
    )


def _execution() -> DescribedCall:
    """Started, looked at when it must be ready, removed: its output stays in the session's memory otherwise.

    It is asked to answer once it has run, since no step waits: so one look is enough.
    """
    ready = {"kind": "json", "path": "$.value", "is": "equals", "value": "ready"}
    status = {"Accept": "application/status+json"}
    return DescribedCall(
        "Probe 09: report execution",
        method="POST",
        path="/rest_v2/reportExecutions",
        headers={"Content-Type": "application/json"},
        body='{"reportUnitUri": "/{{ report }}", "outputFormat": "csv", "async": false, "freshData": true}',
        interval_seconds=1800,
        timeout_ms=RENDER_MS,
        slow_after_ms=LATE_MS,
        expected_codes="200",
        checks=checks("no page", "data source", "cross-domain"),
        captures=[dict(CAPTURE), {"name": "started", "from": "json", "expression": "$.requestId"}],
        steps=[
            step("Status", "GET", f"{STARTED}/status", "200", headers=status, checks=[ready]),
            step("Remove", "DELETE", STARTED, "204", always=True),
            log_out(),
        ],
        answers=reference("POST", "/rest_v2/reportExecutions").answers,
    )


def _error_path() -> DescribedCall:
    wanted = {"kind": "json", "path": "$.errorCode", "is": "equals", "value": "no.such.export.process"}
    path, documented = "/rest_v2/export/none/state", "/rest_v2/export/{id}/state"
    return _signed_in("Probe 10: error path", path, 3600, "404", documented, checks=[wanted])
