"""Where the class of the code alone gives the wrong verdict: each of the nineteen rows, by the real engine.

Against a server that answers as the reference says, each time in the form that misleads and in the one that is well.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from apiclient import execute
from apiclient.catalogue import Verdict
from apiclient.execute import Runner, run_now
from apiclient.http import Guard
from apiclient.importers.jasperreports import Installation
from apiclient.models import Call, Service
from apiclient.models.team import everyone as teams
from apiclient.plan.carry import Scope
from apiclient.ready_made import bring
from tests.jasper import ADMIN, PASSWORD, REPORT, SUPERUSER, Jasper, State
from tests.jasper.state import Execution, in_days

pytestmark = pytest.mark.django_db(transaction=True)
PASSED, DEGRADED, FAILED = Verdict
RESOURCE = "public/Samples/Small"


@pytest.fixture(scope="module")
def server():
    with Jasper() as running:
        yield running


@pytest.fixture
def jasper(server):
    server.forget()
    return server


@pytest.fixture(autouse=True)
def runner(monkeypatch):
    runner = Runner(Guard(["127.0.0.0/8"]), 1_000)
    monkeypatch.setattr(execute, "_runner", runner)
    yield runner
    runner.stop()


@pytest.fixture
def service(jasper, everyone):
    return imported(jasper)


def imported(jasper, user=ADMIN, **options):
    name, _, organisation = user.partition("|")
    installation = Installation(jasper.url, name, organisation, report=REPORT, job="7", **options)
    (service,) = bring(installation, PASSWORD, Scope(Service.objects.all(), teams()), keep=True).services
    return service


def run(service: Service, name: str, headers: dict[str, str] | None = None, **variables: str):
    """The outcome of the call of this name, as a worker makes it; ``variables`` fill its placeholders."""
    service.variables |= variables
    service.headers = {"Accept": "application/json"} | (headers or {})
    service.full_clean()
    service.save()
    call = Call.objects.get(service=service, name=name)
    call.confirm_after_s = None  # one answer is judged here, and waits for no second one
    call.save()
    return run_now(call)


def sentences(outcome, holds=False):
    """What it was judged by, step by step, as far as it holds or does not."""
    detail = getattr(outcome, "detail", None)
    if detail is None:
        return []
    judged = [*detail.checks, *(check for step in detail.steps for check in step.get("checks", ()))]
    return [check["sentence"] for check in judged if check["holds"] is holds]


def same(state):
    """The server as it is."""


@dataclass(frozen=True)
class Case:
    """``change`` makes the server so; ``said`` must stand in a sentence that tells what was wrong."""

    call: str
    code: int
    verdict: Verdict
    change: Callable[[State], object] = same
    said: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    user: str = ADMIN


def switched(**members):
    return lambda state: [setattr(state, name, value) for name, value in members.items()]


def emptied(name):
    return lambda state: state.lists[name].clear()


def with_phase(kind, phase):
    return lambda state: state.phases.update({f"{kind}-1": phase})


def running(*course):
    return lambda state: state.executions.update({"1": Execution("", list(course))})


def both(*changes):
    return lambda state: [change(state) for change in changes]


KEY, FORM, V1 = "login: GET /GetEncryptionKey", "login: POST /j_spring_security_check", "login: POST /rest/login"
DELETE = "resources: DELETE /resources/{uri}"
OLD_STATUS, STATUS = "reports: PUT /reports/{executionId}/status", "reportExecutions: PUT /reportExecutions/{id}/status"
LOOK = "reportExecutions: GET /reportExecutions/{id}/status"
VALUES = "inputControls: POST /reports/{uri}/inputControls/{ids}/values"
PAGED = "inputControls: POST /reports/{uri}/inputControls/values/pagination"
RUN, CREATE, UPDATE = "Probe 08: report", "resources: POST /resources/{folder}", "resources: PUT /resources/{uri}"
COPY, MOVE = (f"resources: {method} /resources/{{folder}} + Content-Location" for method in ("POST", "PUT"))
JOB = "jobs: PUT /jobs"
JOB_BODY = json.dumps({"label": "nightly", "source": {"reportUnitURI": REPORT}})
ENDED, STRICT = switched(licence_ended=True), switched(whitelist="https://reports[.]example[.]org")
V6, PAGE, BY_SOURCE = switched(version="6.1.0"), switched(page_instead=True), switched(doc_codes=False)
OTHER_PASSWORD = switched(users={ADMIN: "another one"})

ROWS: dict[str, list[Case]] = {
    "01 GET /GetEncryptionKey: 200 whose body is an error object": [
        Case(KEY, 200, FAILED, switched(keys_on=False), 'must not contain "Error"'),
        Case(KEY, 200, PASSED),
    ],
    "02 POST /j_spring_security_check: 302 for success and for a bad password": [
        Case(FORM, 302, FAILED, OTHER_PASSWORD, 'must not contain "error=1"'),
        Case(FORM, 302, PASSED),
    ],
    "03 v1 login, licence ended: 302 is a failure": [
        Case(V1, 302, FAILED, both(V6, ENDED), "302 is documented as an error"),
        Case(V1, 200, PASSED, V6),
        Case("login: POST /login", 403, FAILED, ENDED, "403 is documented as an error"),
    ],
    "04 DELETE /resources: always 204, even for a path that never existed": [
        Case(DELETE, 404, FAILED, said="404 is not among", variables={"resource": "public/never"}),
        Case(DELETE, 200, PASSED, variables={"resource": RESOURCE}),
    ],
    "05 PUT /reports/{id}/status: 204 is a failure": [
        Case(OLD_STATUS, 204, FAILED, said="204 is documented as an error", variables={"execution": "1"}),
        Case(OLD_STATUS, 200, PASSED, running("execution"), variables={"execution": "1"}),
    ],
    "06 PUT /reportExecutions/{id}/status: 204 is a success": [
        Case(STATUS, 204, PASSED, running("ready"), variables={"execution": "1"}),
        Case(STATUS, 200, PASSED, running("execution"), variables={"execution": "1"}),
        Case(STATUS, 404, FAILED, said="404 is documented as an error", variables={"execution": "1"}),
    ],
    "07 GET /jobs, /alerts, /reportExecutions, favourites: 204 is listed under failures": [
        Case("jobs: GET /jobs", 204, FAILED, emptied("jobs"), "204 is documented as an error"),
        Case("alerts: GET /alerts", 204, FAILED, emptied("alerts"), "204 is documented as an error"),
        Case("reportExecutions: GET /reportExecutions", 204, FAILED, said="204 is documented as an error"),
        Case("favorites: GET /resources?favorites=true", 204, FAILED, emptied("favorites"), "204 is documented as an"),
        Case("jobs: GET /jobs", 200, PASSED),
        Case("alerts: GET /alerts", 200, PASSED),
        Case("reportExecutions: GET /reportExecutions", 200, PASSED, running("ready")),
        Case("favorites: GET /resources?favorites=true", 200, PASSED),
    ],
    "08 GET /users, /roles, /organizations, /keys, /inputControls: 204 is listed under successes": [
        Case("users: GET /users", 204, PASSED, emptied("users")),
        Case("roles: GET /roles", 204, PASSED, emptied("roles")),
        Case("organizations: GET /organizations", 204, PASSED, emptied("organizations")),
        Case("keys: GET /keys", 204, PASSED, emptied("keys"), user=SUPERUSER),
        Case("inputControls: GET /reports/{uri}/inputControls", 204, PASSED, emptied("inputControls")),
        Case("users: GET /users", 200, PASSED),
        Case("keys: GET /keys", 401, FAILED, said="401 is documented as an error"),
    ],
    "09 GET export|import/{id}/state: 200 with phase failed or pending is a failure": [
        Case(f"{kind}: GET /{kind}/{{id}}/state", 200, verdict, with_phase(kind, phase), said, {kind: f"{kind}-1"})
        for kind, phase, verdict, said in (
            ("export", "failed", FAILED, "$.phase must be one of"),
            ("import", "failed", FAILED, "$.phase must be one of"),
            ("import", "pending", FAILED, "$.phase must be one of"),
            ("export", "finished", PASSED, ""),
            ("export", "inprogress", PASSED, ""),
            ("import", "finished", PASSED, ""),
        )
    ],
    "10 GET reportExecutions/{id}/status: 200 with value failed is a failure": [
        Case(LOOK, 200, FAILED, running("failed"), '$.value must not be "failed"', {"execution": "1"}),
        Case(LOOK, 200, DEGRADED, running("cancelled"), '$.value must not be "cancelled"', {"execution": "1"}),
        Case(LOOK, 200, PASSED, running("ready"), "", {"execution": "1"}),
    ],
    "11 POST inputControls values: 403 is a validation error, not a rights problem": [
        Case(VALUES, 403, FAILED, same, "input.controls.validation.error", {"controls": "c", "body": '{"c": []}'}),
        Case(VALUES, 200, PASSED, variables={"controls": "c", "body": '{"c": ["x"]}'}),
    ],
    "12 inputControls/values/pagination: 500 is bad input": [
        Case(PAGED, 500, FAILED, said="500 is documented as an error", variables={"body": '{"c": "x"}'}),
        Case(PAGED, 200, PASSED, variables={"body": '{"c": ["x"]}'}),
    ],
    "13 SQL error in a data source: 403": [
        Case(RUN, 403, FAILED, switched(sql_broken=True), "SQL|JDBC"),
        Case(RUN, 200, PASSED),
    ],
    "14 duplicate resource: 403, not 409": [
        Case(CREATE, 403, FAILED, said="already exist", variables={"folder": "public", "body": '{"label": "Samples"}'}),
        Case(CREATE, 201, PASSED, variables={"folder": "public", "body": '{"label": "New"}'}),
    ],
    "15 rejected cross-domain call: 401, not a password problem": [
        Case("users: GET /users", 401, FAILED, STRICT, "Domain .* forbidden"),
        Case("users: GET /users", 200, PASSED),
    ],
    "16 PUT /jobs, PUT /resources update: 201 by the documentation, 200 by the source": [
        Case(JOB, 201, PASSED, variables={"body": JOB_BODY}),
        Case(JOB, 200, PASSED, BY_SOURCE, variables={"body": JOB_BODY}),
        Case(JOB, 404, FAILED, switched(resources=set()), "404 is documented as an error", {"body": JOB_BODY}),
        Case(UPDATE, 201, PASSED, variables={"resource": RESOURCE, "body": "{}"}),
        Case(UPDATE, 200, PASSED, BY_SOURCE, variables={"resource": RESOURCE, "body": "{}"}),
    ],
    "17 copy/move resource: 201 by the documentation, 200 by a client": [
        Case(call, code, verdict, change, said, {"folder": "public", "source": source})
        for call in (COPY, MOVE)
        for code, verdict, change, said, source in (
            (201, PASSED, same, "", RESOURCE),
            (200, PASSED, BY_SOURCE, "", RESOURCE),
            (404, FAILED, same, "404 is documented as an error", "public/never"),
        )
    ],
    "18 logout.html: no code documented, 302 expected": [
        Case("login: GET /logout.html", 302, PASSED),
        Case("login: GET /logout.html", 200, FAILED, PAGE, "Content-Type must not contain"),
    ],
    "19 login page or report viewer: 200 with a page instead of data": [
        Case("users: GET /users", 200, FAILED, PAGE, "Content-Type must not contain"),
        Case(RUN, 200, FAILED, PAGE, "Content-Type must contain"),
        Case("Probe 01: version", 200, FAILED, PAGE, "body must match"),
        Case("Probe 01: version", 200, PASSED),
    ],
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_row(row, jasper, everyone):
    """Each case on a server as it was in the beginning, but for what the case makes of it."""
    services = {user: imported(jasper, user, name=user) for user in {case.user for case in ROWS[row]}}
    for case in ROWS[row]:
        jasper.forget()
        case.change(jasper.state)
        headers = {"X-REMOTE-DOMAIN": "https://elsewhere.example"} if "Domain" in case.said else {}
        outcome = run(services[case.user], case.call, headers, **case.variables)
        assert (outcome.status_code, outcome.judgement) == (case.code, case.verdict), (case.call, sentences(outcome))
        if case.said:
            assert any(case.said in sentence for sentence in sentences(outcome)), sentences(outcome)
        assert jasper.state.sessions == {}, "no session is left behind, whatever the answer was"


def test_there_are_nineteen_rows():
    assert [row[:2] for row in ROWS] == [f"{number:02}" for number in range(1, 20)]


def test_a_403_of_a_missing_right_is_not_told_to_be_a_wrong_value(service):
    outcome = run(service, VALUES, report="private/report", controls="c", body='{"c": ["x"]}')
    assert (outcome.status_code, outcome.judgement) == (403, FAILED)
    assert not any("validation" in sentence for sentence in sentences(outcome))


def test_a_401_of_a_wrong_password_is_not_told_to_be_cross_domain(jasper, service):
    OTHER_PASSWORD(jasper.state)
    outcome = run(service, "users: GET /users")
    assert (outcome.status_code, outcome.judgement) == (401, FAILED)
    assert not any("Domain" in sentence for sentence in sentences(outcome))


def test_a_page_that_comes_late_is_a_failure(jasper, service):
    probe = Call.objects.get(service=service, name="Probe 01: version")
    assert probe.fail_after_ms == 4_000
    probe.fail_after_ms, probe.confirm_after_s = 100, None
    probe.save()
    jasper.state.delay_s = 0.2
    outcome = run_now(probe)
    assert (outcome.status_code, outcome.judgement) == (200, FAILED)
    assert any("within 100 ms" in sentence for sentence in sentences(outcome))


PROBES = {
    "Probe 01: version": 200,
    "Probe 02: licence": 200,
    "Probe 03: wrong password": 401,
    "Probe 04: login and logout": 200,
    "Probe 05: repository": 200,
    "Probe 06: scheduler": 200,
    "Probe 07: armed job": 200,
    "Probe 08: report": 200,
    "Probe 09: report execution": 200,
    "Probe 10: error path": 404,
}


def test_all_probes_pass_on_a_server_that_is_well_and_leave_nothing_behind(jasper, everyone):
    service = imported(jasper, SUPERUSER)
    found = {name: run_now(Call.objects.get(service=service, name=name, enabled=True)) for name in PROBES}
    assert {name: one.status_code for name, one in found.items()} == PROBES
    assert {name: one.judgement for name, one in found.items()} == dict.fromkeys(PROBES, PASSED)
    assert (jasper.state.sessions, jasper.state.executions, jasper.state.opened) == ({}, {}, 7)


@pytest.mark.parametrize(
    ("name", "verdict", "change"),
    [
        ("Probe 02: licence", DEGRADED, switched(expiration=in_days(29))),
        ("Probe 02: licence", FAILED, switched(expiration=in_days(-1))),
        ("Probe 03: wrong password", FAILED, switched(users={"answerback-no-such-user": "wrong"})),
        ("Probe 04: login and logout", FAILED, OTHER_PASSWORD),
        ("Probe 05: repository", PASSED, switched(resources=set())),
        ("Probe 06: scheduler", PASSED, emptied("jobs")),
        ("Probe 07: armed job", FAILED, lambda state: state.jobs["7"].update(value="ERROR")),
        ("Probe 07: armed job", FAILED, lambda state: state.jobs["7"].update(nextFireTime=in_days(-1))),
        ("Probe 07: armed job", DEGRADED, lambda state: state.jobs["7"].update(value="PAUSED")),
        ("Probe 08: report", FAILED, switched(error_in_text=True)),
        ("Probe 09: report execution", FAILED, switched(course=("failed",))),
        ("Probe 10: error path", FAILED, with_phase("export", "finished")),
    ],
)
def test_a_probe_tells_what_it_is_there_for(jasper, service, name, verdict, change):
    change(jasper.state)
    if name.startswith("Probe 10"):
        jasper.state.phases = {"none": "finished"}
    assert run(service, name).judgement is verdict
    if not name.startswith("Probe 03"):  # which cannot know of a session that nobody should have got
        assert (jasper.state.sessions, jasper.state.executions) == ({}, {})


def test_what_is_scheduled_leaves_no_session_behind(jasper, everyone):
    service = imported(jasper, SUPERUSER)
    names = list(Call.objects.filter(service=service, enabled=True).values_list("name", flat=True))
    verdicts = {name: run_now(Call.objects.get(service=service, name=name)).judgement for name in names}
    assert {name for name, verdict in verdicts.items() if verdict is not PASSED} == set()
    assert (jasper.state.sessions, jasper.state.executions) == ({}, {})
