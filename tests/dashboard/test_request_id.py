"""X-Request-ID, on answers and in log lines."""

import io
import json
import logging

import pytest

from dashboard.logs import ConsoleFormatter, JsonFormatter
from dashboard.request_id import RequestIdMiddleware, current
from tests.builders import make_token

PATHS = ("/api/v1/", "/api/v1/nowhere/", "/accounts/login/", "/nowhere/", "/livez")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_one_of_its_request(client, path):
    assert (
        client.get(path, headers={"X-Request-ID": "trace-1:a/b.c_d+e=f@g"})["X-Request-ID"] == "trace-1:a/b.c_d+e=f@g"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "<script>", "é", "a\tb", "-", "a;b"])
def test_one_that_is_not_sane_is_replaced(client, given):
    made = client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"]
    assert len(made) == 32 and made.isalnum()
    assert client.get("/livez")["X-Request-ID"] != made


@pytest.mark.parametrize("formatter", [ConsoleFormatter, JsonFormatter])
def test_log_lines_of_a_request_say_which(rf, formatter):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter())
    log = logging.getLogger("tests.request_id")
    log.addHandler(handler)
    try:
        RequestIdMiddleware(lambda request: log.warning("inside") or {})(rf.get("/", headers={"X-Request-ID": "one"}))
        log.warning("outside")
    finally:
        log.removeHandler(handler)
    inside, outside = out.getvalue().splitlines()
    assert "inside" in inside and "one" in inside and "request" not in outside.replace("tests.request_id", "")
    if formatter is JsonFormatter:
        assert json.loads(inside)["request_id"] == "one"
    assert current.get() == ""


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [ConsoleFormatter, JsonFormatter])
def test_log_lines_hold_no_token(admin_user, formatter):
    token, text = make_token(admin_user, "read")
    try:
        raise ValueError(text)
    except ValueError as error:
        trouble = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, f"GET /{text}/ %s", (text,), trouble)
    line = formatter().format(record)
    assert text.rpartition("_")[2] not in line and line.count(token.shown) == 3
