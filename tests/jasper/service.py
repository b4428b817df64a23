"""The services under /rest_v2/: those whose code misleads, and those that the probes ask."""

from tests.jasper.message import Asked, Said, data, empty, error, invalid, text
from tests.jasper.route import route
from tests.jasper.state import Execution, State

CSV = "id,name\n1,one\n"
TARGET = "resource.not.found"


def missing(asked: Asked, what: str, error_code: str = TARGET) -> Said:
    return error(asked, 404, error_code, f"{what} not found", what)


def listed(state: State, asked: Asked, name: str) -> Said:
    """204 says that the list is empty."""
    return data(asked, {name: state.lists[name]}) if state.lists[name] else empty()


@route("GET", "/rest_v2/serverInfo")
def server_info(state: State, asked: Asked) -> Said:
    return data(asked, {"version": state.version, "edition": state.edition, "expiration": state.expiration})


@route("GET", "/rest_v2/serverInfo/{item}")
def server_info_item(state: State, asked: Asked, item: str) -> Said:
    known = {"version": state.version, "edition": state.edition, "expiration": state.expiration, "build": "20260101"}
    return text(200, known[item]) if item in known else missing(asked, item)


@route("GET", "/rest_v2/(jobs|alerts|users|roles|organizations)")
def lists(state: State, asked: Asked, name: str) -> Said:
    return listed(state, asked, name)


@route("GET", "/rest_v2/keys")
def keys(state: State, asked: Asked) -> Said:
    return listed(state, asked, "keys") if asked.user == "superuser" else empty(401)


@route("GET", "/rest_v2/(application.wadl|bundles|settings/.+|customDataSources|jdbcDrivers|jobs/calendars|attributes)")
def plain(state: State, asked: Asked, name: str) -> Said:
    return data(asked, {"name": name})


@route("GET", "/rest_v2/resources")
def resources(state: State, asked: Asked) -> Said:
    if "favorites" in asked.query:
        return listed(state, asked, "favorites")
    found = sorted(state.resources)[: int(asked.query.get("limit", 100))]
    return data(asked, {"resourceLookup": [{"uri": uri} for uri in found]}) if found else empty()


@route("DELETE", "/rest_v2/resources")
def delete_resources(state: State, asked: Asked) -> Said:
    state.resources.discard(asked.query["resourceUri"])
    return empty()


@route("GET", "/rest_v2/resources{uri*}")
def resource(state: State, asked: Asked, uri: str) -> Said:
    return data(asked, {"uri": uri}) if uri in state.resources else missing(asked, uri)


@route("DELETE", "/rest_v2/resources{uri*}")
def delete_resource(state: State, asked: Asked, uri: str) -> Said:
    state.resources.discard(uri)  # 204, whether or not it was there
    return empty()


@route("POST PUT", "/rest_v2/resources{uri*}")
def write_resource(state: State, asked: Asked, uri: str) -> Said:
    if source := asked.headers.get("content-location"):
        if source not in state.resources:
            return missing(asked, source)
        state.resources.add(f"{uri}/{source.rpartition('/')[2]}")
        return data(asked, {"uri": uri}, 201 if state.doc_codes else 200)
    new = f"{uri}/{asked.json['label']}" if asked.method == "POST" else uri
    if asked.method == "POST" and new in state.resources:
        return error(asked, 403, "resource.already.exists", f"The resource {new} already exists", new)
    updated = new in state.resources
    state.resources.add(new)
    return data(asked, {"uri": new}, 200 if updated and not state.doc_codes else 201)


@route("PUT", "/rest_v2/jobs")
def create_job(state: State, asked: Asked) -> Said:
    if asked.json["source"]["reportUnitURI"] not in state.resources:
        return missing(asked, asked.json["source"]["reportUnitURI"])
    key = str(100 + next(state.numbers))
    state.jobs[key] = {"nextFireTime": None, "previousFireTime": None, "value": "NORMAL"}
    return data(asked, {"id": int(key)}, 201 if state.doc_codes else 200)


@route("GET", "/rest_v2/jobs/{id}/state")
def job_state(state: State, asked: Asked, key: str) -> Said:
    return data(asked, state.jobs[key]) if key in state.jobs else missing(asked, key)


@route("GET", "/rest_v2/jobs/{id}")
def job(state: State, asked: Asked, key: str) -> Said:
    return data(asked, {"id": int(key)}) if key in state.jobs else missing(asked, key)


@route("POST", "/rest_v2/jobs/(pause|resume)")
def change_jobs(state: State, asked: Asked, change: str) -> Said:
    """Ids that are not known are passed over; without any, all are meant."""
    wanted = [str(one) for one in asked.json["jobId"]] if asked.body else list(state.jobs)
    for key in [key for key in wanted if key in state.jobs]:
        state.jobs[key]["value"] = "PAUSED" if change == "pause" else "NORMAL"
    return data(asked, {"jobId": wanted})


@route("DELETE", "/rest_v2/jobs/{id}")
def delete_job(state: State, asked: Asked, key: str) -> Said:
    return text(200, key) if state.jobs.pop(key, None) else missing(asked, key)


@route("POST", "/rest_v2/(export|import)")
def start_transfer(state: State, asked: Asked, kind: str) -> Said:
    if asked.user != "superuser":
        return empty(401)
    key = f"{kind}-{next(state.numbers)}"
    state.phases[key] = "inprogress"
    return data(asked, {"id": key, "phase": "inprogress"})


@route("GET", "/rest_v2/(export|import)/{id}/state")
def transfer_state(state: State, asked: Asked, kind: str, key: str) -> Said:
    if key not in state.phases:
        return missing(asked, key, f"no.such.{kind}.process")
    return data(asked, {"id": key, "phase": state.phases[key], "message": state.phases[key]})


@route("DELETE", "/rest_v2/(export|import)/{id}")
def end_transfer(state: State, asked: Asked, kind: str, key: str) -> Said:
    return empty() if state.phases.pop(key, None) else missing(asked, key, f"no.such.{kind}.process")


@route("GET", "/rest_v2/reports{uri*}\\.{format}")
def run_report(state: State, asked: Asked, uri: str, form: str) -> Said:
    if uri not in state.resources:
        return missing(asked, uri)
    if form not in ("csv", "pdf", "html", "json"):
        return error(asked, 400, "illegal.parameter.value.error", f"The format {form} is wrong", form)
    if state.sql_broken:
        return error(asked, 403, "unexpected.error", "SQL Error: connection refused", "org.postgresql.PSQLException")
    if state.error_in_text:
        said = text(200, "net.sf.jasperreports.engine.JRException: no fonts")
        said.headers.append(("JasperServerError", "true"))
        return said
    return text(200, CSV, "text/csv")


@route("PUT", "/rest_v2/reports/{id}/status")
def cancel_old(state: State, asked: Asked, key: str) -> Said:
    """The deprecated one: 204 says that the id is not known."""
    return data(asked, {"value": "cancelled"}) if key in state.executions else empty()


def execution_of(state: State, asked: Asked, key: str) -> Execution | None:
    """Nobody sees what runs in another session; one without a session is everybody's."""
    found = state.executions.get(key)
    return found if found and found.session in ("", asked.session) else None


@route("GET", "/rest_v2/reportExecutions")
def executions(state: State, asked: Asked) -> Said:
    return data(asked, {"reportExecution": [{"requestId": key} for key in state.executions]}) if state.executions else (
        empty()
    )  # fmt: skip


@route("POST", "/rest_v2/reportExecutions")
def execute(state: State, asked: Asked) -> Said:
    uri = asked.json["reportUnitUri"]
    if uri not in state.resources:
        return missing(asked, uri)
    key = f"{next(state.numbers):08}-execution"
    course = list(state.course) if asked.json.get("async") else [state.course[-1]]
    state.executions[key] = Execution(asked.session, course)
    return data(asked, {"requestId": key, "reportURI": uri, "status": course[0]})


@route("GET", "/rest_v2/reportExecutions/{id}/status")
def execution_status(state: State, asked: Asked, key: str) -> Said:
    found = execution_of(state, asked, key)
    if not found:
        return missing(asked, key)
    said = {"value": found.look()}
    if said["value"] == "failed" and "status+json" in asked.accept:
        said["errorDescriptor"] = {"errorCode": "no.result.available", "message": "The report failed"}
    return data(asked, said)


@route("PUT", "/rest_v2/reportExecutions/{id}/status")
def cancel(state: State, asked: Asked, key: str) -> Said:
    """204 says that it has already ended, which is a success here."""
    found = state.executions.get(key)
    if not found:
        return missing(asked, key)
    if found.course[0] in ("ready", "failed", "cancelled"):
        return empty()
    found.course[:] = ["cancelled"]
    return data(asked, {"value": "cancelled"})


@route("DELETE", "/rest_v2/reportExecutions/{id}")
def remove(state: State, asked: Asked, key: str) -> Said:
    if not execution_of(state, asked, key):
        return missing(asked, key)
    del state.executions[key]
    return empty()


@route("GET", "/rest_v2/reports{uri*}/inputControls")
def controls(state: State, asked: Asked, uri: str) -> Said:
    return listed(state, asked, "inputControls") if uri in state.resources else missing(asked, uri)


@route("POST", "/rest_v2/reports{uri*}/inputControls/values/pagination")
def controls_by_page(state: State, asked: Asked, uri: str) -> Said:
    given = asked.json
    if not isinstance(given, dict):
        return error(asked, 400, "serialization.error", "malformed object")
    if not all(isinstance(value, list) for value in given.values()):
        return error(asked, 500, "unexpected.error", "an incorrect value was passed")
    return data(asked, {"inputControlState": []})


@route("POST", "/rest_v2/reports{uri*}/inputControls/{ids}/values")
def control_values(state: State, asked: Asked, uri: str, ids: str) -> Said:
    """A value that does not fit is 403, and so is a missing right."""
    if uri not in state.resources:
        return error(asked, 403, "access.denied", "Access denied", uri)
    if any(not value for value in asked.json.values()):
        return error(asked, 403, "input.controls.validation.error", "Specify a valid value", ids)
    return data(asked, {"inputControlState": []})


@route("PUT", "/rest_v2/attributes")
def write_attributes(state: State, asked: Asked) -> Said:
    nameless = [one for one in asked.json["attribute"] if not one.get("name")]
    return invalid(asked, *("name is empty" for _ in nameless)) if nameless else data(asked, asked.json, 201)
