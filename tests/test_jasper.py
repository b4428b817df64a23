"""The JasperReports Server of the tests answers as the reference says, so what passes against it means something."""

import base64
import http.client
import json
from urllib.parse import urlencode, urlsplit

import pytest

from tests.jasper import ADMIN, PASSWORD, REPORT, SUPERUSER, Jasper


@pytest.fixture(scope="module")
def server():
    with Jasper() as running:
        yield running


@pytest.fixture
def jasper(server):
    server.forget()
    return server


def ask(jasper, method, path, body=None, user=ADMIN, password=PASSWORD, **headers):
    """Code, headers (names in lower case) and body of one request."""
    parts = urlsplit(jasper.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    if user:
        headers["Authorization"] = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path + path, body, named)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def log_in(jasper, path="/rest_v2/login", **given):
    form = urlencode({"j_username": ADMIN, "j_password": PASSWORD} | given)
    return ask(jasper, "POST", path, form, user="", Content_Type="application/x-www-form-urlencoded")


def session_of(headers):
    return headers["set-cookie"].partition(";")[0]


def test_login_opens_a_session_that_logout_ends(jasper):
    code, headers, body = log_in(jasper)
    assert (code, body, len(jasper.state.sessions)) == (200, b"", 1)
    code, _, _ = ask(jasper, "GET", "/rest_v2/jobs", user="", Cookie=session_of(headers))
    assert (code, jasper.state.opened) == (200, 1)
    code, headers, _ = ask(jasper, "GET", "/logout.html", user="", Cookie=session_of(headers))
    assert (code, len(jasper.state.sessions)) == (302, 0)


def test_each_request_by_basic_opens_a_session_of_its_own(jasper):
    for _ in range(3):
        assert ask(jasper, "GET", "/rest_v2/jobs")[0] == 200
    assert len(jasper.state.sessions) == jasper.state.opened == 3


def test_login_that_fails(jasper):
    assert log_in(jasper, j_password="wrong")[0] == 401
    form = "j_username=x"
    code, _, body = ask(
        jasper, "POST", "/rest_v2/login", form, user="", Content_Type="application/x-www-form-urlencoded"
    )
    assert (code, body) == (400, b"j_password is missing")
    jasper.state.licence_ended = True
    assert log_in(jasper)[0] == 403
    assert log_in(jasper, "/rest/login")[0] == 404
    jasper.state.version = "6.1.0"
    assert log_in(jasper, "/rest/login")[0] == 302


def test_who_asks(jasper):
    code, headers, _ = ask(jasper, "GET", "/rest_v2/jobs", user="")
    assert (code, headers["content-type"]) == (401, "text/html") and "www-authenticate" in headers
    _, headers, _ = ask(jasper, "GET", "/rest_v2/jobs", user="", X_Suppress_Basic="true")
    assert "www-authenticate" not in headers
    assert ask(jasper, "GET", "/rest_v2/jobs", password="wrong")[::2] == (401, b"")
    assert ask(jasper, "GET", "/rest_v2/serverInfo", user="")[0] == 200
    asked = urlencode({"j_username": ADMIN, "j_password": PASSWORD})
    assert "organization_1" in asked and "%7C" in asked
    assert ask(jasper, "GET", f"/rest_v2/jobs?{asked}", user="")[0] == 200


def test_an_error_comes_as_accept_wants_it(jasper):
    path = "/rest_v2/resources/nowhere"
    code, headers, body = ask(jasper, "GET", path, Accept="application/json")
    told = json.loads(body)
    assert (code, told["errorCode"], told["parameters"]) == (404, "resource.not.found", ["/nowhere"])
    assert told["errorUid"] in told["message"]
    _, headers, body = ask(jasper, "GET", path, Accept="application/xml")
    assert headers["content-type"] == "application/xml" and b"<errorDescriptor>" in body
    _, headers, body = ask(jasper, "GET", path, Accept="text/plain")
    assert headers["content-type"] == "text/plain" and body.startswith(b"/nowhere not found")
    assert b"Trace" in ask(jasper, "GET", path, user=SUPERUSER, Accept="application/json")[2]


def test_validation_is_a_list(jasper):
    code, _, body = ask(jasper, "PUT", "/rest_v2/attributes", '{"attribute": [{"name": ""}, {"name": ""}]}')
    assert code == 400 and [one["errorCode"] for one in json.loads(body)] == ["mandatory.parameter.error"] * 2


def test_an_execution_lives_in_its_session(jasper):
    body = json.dumps({"reportUnitUri": REPORT, "async": True})
    _, headers, said = ask(jasper, "POST", "/rest_v2/reportExecutions", body)
    path = f"/rest_v2/reportExecutions/{json.loads(said)['requestId']}"
    own = {"user": "", "Cookie": session_of(headers)}
    looks = [json.loads(ask(jasper, "GET", f"{path}/status", **own)[2])["value"] for _ in range(4)]
    assert looks == ["queued", "execution", "ready", "ready"]
    assert ask(jasper, "GET", f"{path}/status")[0] == 404
    assert ask(jasper, "DELETE", path, **own)[0] == 204
    assert ask(jasper, "DELETE", path, **own)[0] == 404


def test_logging_out_frees_what_ran(jasper):
    _, headers, _ = ask(jasper, "POST", "/rest_v2/reportExecutions", json.dumps({"reportUnitUri": REPORT}))
    assert jasper.state.executions
    ask(jasper, "GET", "/logout.html", user="", Cookie=session_of(headers))
    assert not jasper.state.executions


def test_export_is_for_the_admin_of_the_system(jasper):
    assert ask(jasper, "POST", "/rest_v2/export", "{}")[0] == 401
    assert json.loads(ask(jasper, "POST", "/rest_v2/export", "{}", user=SUPERUSER)[2])["phase"] == "inprogress"
    code, _, body = ask(jasper, "GET", "/rest_v2/export/none/state", user=SUPERUSER)
    assert (code, json.loads(body)["errorCode"]) == (404, "no.such.export.process")


def test_a_cookie_called_path_is_an_error_of_the_container(jasper):
    code, headers, _ = ask(jasper, "GET", "/rest_v2/jobs", Cookie="JSESSIONID=1; path=/x")
    assert (code, headers["content-type"]) == (500, "text/html")


def test_what_no_service_answers_is_a_page_of_the_container(jasper):
    code, headers, _ = ask(jasper, "GET", "/rest_v2/nonsense")
    assert (code, headers["content-type"]) == (404, "text/html")
